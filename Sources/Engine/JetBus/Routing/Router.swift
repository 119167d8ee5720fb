import JSONText
import JetProtocol

/// *Routing*: `set` and `call` go to the owner of the element, and its answer goes back to the caller (jet-protocol(7) §3).
final class Router {
    private let elements: ElementTable
    private let delivery: Delivery
    private let warnings: PeerWarnings
    private let clock: Clock
    private let defaultTimeout: UInt64
    private let pendingRequestLimit: Int
    private let pendingBytesLimit: Int
    private var requests: RequestTable
    /// How many answers were dropped: they came too late, twice, or from a peer that was not asked.
    private(set) var droppedAnswers: UInt64 = 0

    init(
        _ elements: ElementTable, _ delivery: Delivery, _ accounts: AccountTable, _ warnings: PeerWarnings,
        _ clock: Clock, _ configuration: Bus.Configuration
    ) {
        requests = RequestTable(accounts)
        self.elements = elements
        self.delivery = delivery
        self.warnings = warnings
        self.clock = clock
        defaultTimeout = configuration.defaultTimeout
        pendingRequestLimit = configuration.pendingRequestLimit
        pendingBytesLimit = configuration.pendingBytesLimit
    }

    // MARK: Requests

    /// Routes a `set` or `call` to the owner of the element.
    @inline(__always)
    func route(_ request: borrowing Request, isSet: Bool) throws(ErrorObject) {
        let value = isSet ? try request.required("value") : nil
        // A set of a path and a value has nothing else that could be looked for.
        let isPlain = isSet && request.paramCount == 2
        let timeout = isPlain ? nil : try request.timeout()
        let path = try request.path()
        guard let element = elements.find(path)?.takeUnretainedValue(), element.exists(for: request.sender) else {
            throw .invalidPath(.pathNotExists, path)
        }
        guard element.isMethod != isSet else { throw .invalidPath(isSet ? .notAState : .notAMethod, path) }
        guard !element.fetchOnly else { throw .invalidPath(.fetchOnly, path) }
        guard element.admits(request.peer) else { throw .invalidPath(.noAccess, path) }
        let arguments = isSet ? nil : request.optional("args")
        if let arguments {
            let first = request.text[arguments.start]
            guard first == UInt8(ascii: "[") || first == UInt8(ascii: "{") else {
                throw .wrongType("args", got: request.params)
            }
        }
        let owner = element.owner.takeUnretainedValue()
        if let refusal = delivery.refusal(ofRequestTo: owner) { return refuse(request, refusal, because: owner) }
        let number = try open(request, of: element, owner, timeout: timeout)
        delivery.withBuffer { routed in
            routed.append("{")
            if let number {
                routed.append("\"id\":\"")
                routed.append(decimal: number)
                routed.append("\",")
            }
            routed.append("\"method\":")
            routed.append(element.quotedPath)
            routed.append(",\"params\":")
            if let value {
                routed.append("{\"value\":")
                routed.append(request.bytes(value))
                if !isPlain, let flag = request.optional("valueAsResult") {
                    routed.append(",\"valueAsResult\":")
                    routed.append(request.bytes(flag))
                }
                routed.append("}")
            } else if let arguments {
                routed.append(request.bytes(arguments))
            } else {
                routed.append("{}")
            }
            if element.details?.wantsCaller == true {
                routed.append(",\"caller\":")
                routed.append(request.peer.asCaller.text)
            }
            routed.append("}")
            delivery.send(routed.bytes, to: owner)
        }
    }

    /// Fails a request for a limit that another peer has reached: the warning names that one.
    @inline(never)
    private func refuse(_ request: borrowing Request, _ error: ErrorObject, because peer: Peer) {
        warnings.note(error, of: peer)
        if let id = request.id { delivery.respond(to: request.peer, id: id, error: error) }
    }

    /// Notes a request that is to be answered.
    ///
    /// - Returns: The number under which it is routed; `nil` for a notification.
    @inline(__always)
    private func open(
        _ request: borrowing Request, of element: Element, _ owner: Peer, timeout: UInt64?
    ) throws(ErrorObject) -> UInt64? {
        guard let id = request.id else { return nil }
        guard request.peer.pendingRequests < pendingRequestLimit, requests.hasRoom else {
            throw .limitExceeded(.pendingRequests, max: pendingRequestLimit)
        }
        guard request.peer.pendingBytes < pendingBytesLimit else {
            throw .limitExceeded(.pendingBytes, max: pendingBytesLimit)
        }
        let timeout = timeout ?? element.details?.timeout ?? defaultTimeout
        let routed = try requests.open(
            caller: request.peer, owner: owner, deadline: clock.now &+ timeout, id: id,
            params: request.message.params.map { request.bytes($0) } ?? UnsafeRawBufferPointer(start: nil, count: 0),
            path: element.quotedPath)
        return routed.number
    }

    // MARK: Answers

    /// Passes an owner's answer on to the caller. It is dropped if no request with its id waits for an answer of this peer.
    func receiveAnswer(_ answer: borrowing Request) {
        guard let number = routedNumber(of: answer), let request = requests.find(number, owner: answer.peer) else {
            droppedAnswers &+= 1
            return
        }
        let caller = request.caller
        if let caller, delivery.closeIfOverfull(caller) {
            // Beside a result, an error of null is no error: peers of JSON-RPC 1.0 write it so.
            let result = answer.message.result
            if let error = answer.message.error, result == nil || !answer.isNull(error) {
                delivery.respond(to: caller, id: request.callerID, member: ",\"error\":", text: answer.bytes(error))
            } else if let result {
                delivery.respond(to: caller, id: request.callerID, member: ",\"result\":", text: answer.bytes(result))
            }
        }
        requests.close(request)
        if let caller { delivery.closeIfServed(caller) }
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

    // MARK: Requests that fail

    /// The next deadline, in nanoseconds; `nil` if no request waits.
    var nextDeadline: UInt64? { requests.nextDeadline }

    /// Fails the requests whose deadlines are not after `now`.
    func expire(at now: UInt64) {
        while let request = requests.expired(at: now) {
            fail(request, with: .responseTimeout(Array(request.params)))
        }
    }

    /// The numbers of the requests that a peer has to answer.
    func numbers(of owner: Peer) -> [UInt64] { requests.requests(to: owner).map(\.number) }

    /// Fails a request to an owner that is disconnected, unless it is answered.
    func fail(_ number: UInt64, to owner: Peer) {
        guard let request = requests.find(number, owner: owner) else { return }
        fail(request, with: .ownerGone(Array(request.quotedPath)))
    }

    /// Forgets the requests of a peer that is disconnected.
    func forget(caller peer: Peer) { requests.forget(caller: peer) }

    /// Fails all requests, because the daemon stops.
    ///
    /// - Returns: How many that were.
    func failAll() -> Int {
        let open = requests.open
        for request in open { fail(request, with: .daemonStopping(Array(request.quotedPath))) }
        return open.count
    }

    private func fail(_ request: RequestTable.Request, with error: ErrorObject) {
        let caller = request.caller
        if let caller { delivery.respond(to: caller, id: request.callerID, error: error) }
        requests.close(request)
        if let caller { delivery.closeIfServed(caller) }
    }

    // MARK: Open requests

    /// The requests of a caller that wait for answers; for tests, as it looks at all requests.
    func openRequests(of caller: Peer) -> [RequestTable.Request] { requests.open.filter { $0.caller === caller } }

    /// How many requests wait for an answer.
    var count: Int { requests.count }

    /// The numbers of all open requests, in no order.
    var openNumbers: [UInt64] { requests.openNumbers }

    /// Whether the request that was routed under `number` still waits for its answer.
    func isOpen(_ number: UInt64) -> Bool { requests.isOpen(number) }
}
