import JSONText
import JetProtocol

/// *Routing*: `set` and `call` go to the owner of the element, its answer goes back to the caller (jet-protocol(7) §3).
extension Bus {
    @inline(__always)
    func route(_ request: borrowing Request, isSet: Bool) throws(ErrorObject) {
        let value = isSet ? try required("value", of: request) : nil
        // A set of a path and a value has nothing else that could be looked for.
        let isPlain = isSet && params.count == 2
        let timeout = isPlain ? nil : try timeout(of: request)
        let path = try path(of: request)
        guard let element = elements.find(path)?.takeUnretainedValue() else {
            throw .invalidParams("pathNotExists", quoted(path))
        }
        guard element.isMethod != isSet else {
            throw .invalidParams(isSet ? "notAState" : "notAMethod", quoted(path))
        }
        guard !element.fetchOnly else { throw .invalidParams("fetchOnly", quoted(path)) }
        guard element.admits(request.peer) else { throw .invalidParams("noAccess", quoted(path)) }
        let arguments = isSet ? nil : optional("args", of: request)
        if let arguments {
            let first = request.text[arguments.start]
            guard first == UInt8(ascii: "[") || first == UInt8(ascii: "{") else {
                throw .wrongType("args", got: request.params)
            }
        }
        let owner = element.owner.takeUnretainedValue()
        // An owner that does not read cannot be made to hold requests without end.
        guard owner.outbox.count < configuration.outboxLimit &* 2 else {
            culprit = owner
            throw .limitExceeded("outbox of the owner", max: configuration.outboxLimit &* 2)
        }
        scratch.removeAll()
        scratch.append("{")
        if let id = request.id {
            guard Int(request.peer.pendingRequests) < configuration.pendingRequestLimit, requests.hasRoom else {
                throw .limitExceeded("pendingRequests", max: configuration.pendingRequestLimit)
            }
            guard request.peer.pendingBytes < configuration.pendingBytesLimit else {
                throw .limitExceeded("pendingBytes", max: configuration.pendingBytesLimit)
            }
            let timeout = timeout ?? element.details?.timeout ?? configuration.defaultTimeout
            let routed = requests.open(
                caller: request.peer, owner: owner, deadline: request.now &+ timeout, id: id,
                params: request.message.params.map { request.bytes($0) }
                    ?? UnsafeRawBufferPointer(start: nil, count: 0),
                path: element.quotedPath)
            scratch.append("\"id\":\"")
            scratch.append(decimal: routed.number)
            scratch.append("\",")
        }
        scratch.append("\"method\":")
        scratch.append(element.quotedPath)
        scratch.append(",\"params\":")
        if let value {
            scratch.append("{\"value\":")
            scratch.append(request.bytes(value))
            if !isPlain, let flag = optional("valueAsResult", of: request) {
                scratch.append(",\"valueAsResult\":")
                scratch.append(request.bytes(flag))
            }
            scratch.append("}")
        } else if let arguments {
            scratch.append(request.bytes(arguments))
        } else {
            scratch.append("{}")
        }
        if element.details?.wantsCaller == true {
            scratch.append(",\"caller\":")
            scratch.append(request.peer.asCaller.text)
        }
        scratch.append("}")
        markDirty(owner)
        owner.outbox.append(scratch.bytes)
    }

    /// Passes an owner's answer on to the caller. One that nobody waits for, or that somebody else gives, is dropped.
    func receiveAnswer(_ answer: borrowing Request) {
        guard let number = routedNumber(of: answer), let request = requests.find(number, owner: answer.peer) else {
            counters.droppedAnswers &+= 1
            return
        }
        let caller = request.caller
        if let caller, caller.outbox.count >= configuration.outboxCeiling {
            refuseForOutbox(caller)
        } else if let caller {
            // Beside a result, an error of null is no error: so peers of JSON-RPC 1.0 write it.
            let result = answer.message.result
            if let error = answer.message.error, result == nil || !answer.isNull(error) {
                respond(to: caller, id: request.callerID, member: ",\"error\":", text: answer.bytes(error))
            } else if let result {
                respond(to: caller, id: request.callerID, member: ",\"result\":", text: answer.bytes(result))
            }
        }
        requests.close(request)
        if let caller { closeIfServed(caller) }
    }

    /// Answers the caller of a routed request in the owner's stead.
    func answer(_ request: RequestTable.Request, with error: ErrorObject) {
        let caller = request.caller
        if let caller { respond(to: caller, id: request.callerID, error: error) }
        requests.close(request)
        if let caller { closeIfServed(caller) }
    }

    /// The number in the id of an answer: a string of decimal digits, as it was routed.
    private func routedNumber(of answer: borrowing Request) -> UInt64? {
        guard let id = answer.id, id.count > 2, id[0] == UInt8(ascii: "\""), id[1] != UInt8(ascii: "0")
        else { return nil }
        // A number of 19 digits fits into 64 bits, and ours are smaller.
        guard id.count <= 21 else { return nil }
        var number: UInt64 = 0
        for place in 1..<id.count &- 1 {
            let digit = id[place] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number &* 10 &+ UInt64(digit)
        }
        return number
    }
}
