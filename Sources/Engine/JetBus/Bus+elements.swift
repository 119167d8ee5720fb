import JSONText
import JetProtocol

/// What owners do with their elements: `add`, `remove`, `change` (jet-protocol(7) §2).
extension Bus {
    func add(_ request: borrowing Request) throws(ErrorObject) {
        let path = try path(of: request)
        let value = params.value("value", in: request.text.bytes)
        // Most elements are added with nothing else, which then needs not be looked for.
        let isPlain = params.count == (value == nil ? 1 : 2)
        let fetchOnly = isPlain ? false : try flag("fetchOnly", of: request)
        let details = isPlain ? nil : try details(of: request)
        let hash = elements.hash(of: path)
        guard elements.find(path, hash: hash) == nil else { throw .invalidParams("pathAlreadyExists", quoted(path)) }
        serial &+= 1
        let element = Element.make(
            serial: serial, path: path, hash: hash, owner: request.sender, value: value.map { request.bytes($0) },
            fetchOnly: fetchOnly, details: details)
        elements.append(element)
        request.sender._withUnsafeGuaranteedRef { peer in
            element.ownedPlace = peer.owned.count
            peer.owned.append(Unmanaged.passUnretained(element))
        }
        index.forEach(matching: element.path, hash: hash) { fetcher in
            // A snapshot that is still under way will come to the new element, which stands at the end. But a peer is told
            // of its own doing before the response.
            let isReady = fetcher.cursor == nil || fetcher.peer.toOpaque() == request.sender.toOpaque()
            guard isReady, element.isVisible(to: fetcher.peer.takeUnretainedValue()) else { return }
            _ = interest(fetcher, in: element)
        }
        notify(.add, of: element, by: request.sender)
        succeed(request)
    }

    private func details(of request: borrowing Request) throws(ErrorObject) -> Element.Details? {
        let timeout = try timeout(of: request)
        var access: Access?
        if let range = optional("access", of: request) {
            access = Access(parsing: value(range, of: request))
            guard access != nil else { throw .wrongType("access", got: request.params) }
        }
        var meta: [UInt8]?
        if let range = optional("meta", of: request) {
            guard request.text[range.start] == UInt8(ascii: "{") else {
                throw .wrongType("meta", got: request.params)
            }
            meta = Array(request.bytes(range))
        }
        let wantsCaller = try flag("caller", of: request)
        guard timeout != nil || access != nil || meta != nil || wantsCaller else { return nil }
        return Element.Details(access: access, meta: meta, timeout: timeout, wantsCaller: wantsCaller)
    }

    func remove(_ request: borrowing Request) throws(ErrorObject) {
        let element = try ownElement(of: request).takeUnretainedValue()
        take(out: element, by: request.peer)
        packIfSparse()
        succeed(request)
    }

    @inline(__always)
    func change(_ request: borrowing Request) throws(ErrorObject) {
        let reference = try ownElement(of: request)
        guard let value = params.value("value", in: request.text.bytes) else { throw missing("value", of: request) }
        // Who is answered is written to first: it may go on while the others are being told.
        if request.message.id != nil { request.sender._withUnsafeGuaranteedRef { markDirty($0) } }
        let refusal: ErrorObject? = reference._withUnsafeGuaranteedRef { element in
            guard !element.isMethod else { return ErrorObject.invalidParams("notAState", Array(element.quotedPath)) }
            if element.selectiveInterests == 0 {
                element.value.assign(request.bytes(value))
            } else {
                assign(request.bytes(value), to: element)
            }
            notify(.change, of: element, by: request.sender)
            request.sender._withUnsafeGuaranteedRef { peer in
                if !peer.snapshots.isEmpty { introduce(element, to: peer) }
            }
            return nil
        }
        if let refusal { throw refusal }
        succeed(request)
    }

    /// The element at the request's path, if it is the peer's own.
    @inline(__always)
    private func ownElement(of request: borrowing Request) throws(ErrorObject) -> Unmanaged<Element> {
        let path = try path(of: request)
        guard let reference = elements.find(path) else { throw .invalidParams("pathNotExists", quoted(path)) }
        let isOwn = reference._withUnsafeGuaranteedRef { $0.owner.toOpaque() == request.sender.toOpaque() }
        guard isOwn else { throw .invalidParams("foreignPath", quoted(path)) }
        return reference
    }

    /// Removes an element and tells who fetched it.
    ///
    /// - Parameter sender: Who asked for it; `nil` when its owner is gone.
    func take(out element: Element, by sender: Peer?) {
        notify(.remove, of: element, by: sender.map(Unmanaged.passUnretained))
        forgetInterests(in: element)
        elements.remove(element)
        let owner = element.owner.takeUnretainedValue()
        guard let last = owner.owned.popLast() else { return }
        last._withUnsafeGuaranteedRef { last in
            guard last !== element else { return }
            owner.owned[element.ownedPlace] = Unmanaged.passUnretained(last)
            last.ownedPlace = element.ownedPlace
        }
    }

    /// Packs the table when it is half empty, and tells the snapshots that are under way where they are now.
    func packIfSparse() {
        guard elements.isSparse else { return }
        let moved = elements.pack()
        for peer in peers {
            guard let peer = peer?.takeUnretainedValue() else { continue }
            for fetcher in peer.snapshots {
                if let cursor = fetcher.cursor { fetcher.cursor = moved[cursor] }
            }
        }
    }
}
