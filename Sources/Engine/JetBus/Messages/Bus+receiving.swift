import JSONText
import JetProtocol

/// Receiving messages: parsing, batches, and dispatch by method.
extension Bus {
    /// Handles one message of a peer: an object or an array of them.
    ///
    /// - Parameters:
    ///   - text: The message, without the frame around it, in the peer's encoding.
    ///   - id: The peer.
    ///   - now: The time in nanoseconds, by a clock that never goes back.
    /// - Returns: Whether the peer's next message may follow now. It may not if the peer is to be closed; and it should not
    ///   while the peer is paused.
    @discardableResult
    public func receive(_ text: RawSpan, from id: PeerID, at now: UInt64) -> Bool {
        guard let reference = peers.reference(id) else { return false }
        return reference._withUnsafeGuaranteedRef { peer in
            guard delivery.accepts(peer) else { return false }
            guard mayHandle(peer) else {
                postponement.postpone(text, of: peer)
                return false
            }
            clock.advance(to: now)
            fetchRequests.beginMessage()
            text.withUnsafeBytes { text in
                guard let text = peer.output.encoding == .json ? text : decode(text, from: peer) else { return }
                receive(text, from: peer)
            }
            delivery.pauseIfFull(peer)
            yieldIfSpent(peer)
            return !peer.output.isPaused && !peer.output.isClosing && !peer.mustWait
        }
    }

    /// Whether a message of a peer may be handled now. If its account is spent, it waits for the next turn.
    @inline(__always)
    private func mayHandle(_ peer: Peer) -> Bool {
        yieldIfSpent(peer)
        return !peer.mustWait
    }

    @inline(__always)
    private func yieldIfSpent(_ peer: Peer) { if scheduler.hasSpentAccounts { yieldIfSpentNow(peer) } }

    @inline(never)
    private func yieldIfSpentNow(_ peer: Peer) {
        guard scheduler.isSpent(peer), !peer.isProbe else { return }
        peer.hasYielded = true
        scheduler.enqueue(peer)
    }

    /// The JSON text of a message in another encoding, valid until the next message; `nil` if it cannot be decoded, which
    /// has been answered.
    @inline(never)
    private func decode(_ message: UnsafeRawBufferPointer, from peer: Peer) -> UnsafeRawBufferPointer? {
        do throws(MessagePackError) {
            return try decoder.decode(message.bytes, limit: configuration.messageLimit)
        } catch {
            if error.reason == .tooLong {
                delivery.close(peer, because: .limitExceeded(.messageSize, max: configuration.messageLimit))
            } else {
                refuseUnreadable(peer, with: .parseError(ofMessagePack: message.bytes))
            }
            return nil
        }
    }

    private func receive(_ text: UnsafeRawBufferPointer, from peer: Peer) {
        do throws(JSONError) {
            if text.first == UInt8(ascii: "{") { return try receive(whole: text, from: peer) }
            var scanner = JSONScanner(text.bytes)
            guard try scanner.peek() != UInt8(ascii: "[") else { return try receiveBatch(text, from: peer) }
            let range = try scanner.value()
            try scanner.end()
            peer.parseErrors = 0
            try receive(range, of: text, from: peer)
        } catch {
            refuseUnreadable(peer, with: .parseError(of: text.bytes))
        }
    }

    /// Handles a text that is one object, from its first byte on.
    @inline(__always)
    private func receive(whole text: UnsafeRawBufferPointer, from peer: Peer) throws(JSONError) {
        let request = Request(sender: Unmanaged.passUnretained(peer), text: text, parts: parts)
        let end = try request.scan(from: 0)
        if end < text.count {
            var scanner = JSONScanner(text.bytes, at: end)
            try scanner.end()
        }
        peer.parseErrors = 0
        handle(request)
    }

    private func receiveBatch(_ text: UnsafeRawBufferPointer, from peer: Peer) throws(JSONError) {
        // A batch cannot be inside a batch, so `batch` does not change meanwhile.
        try batch.scan(text.bytes)
        peer.parseErrors = 0
        for index in 0..<batch.count where delivery.accepts(peer) {
            yieldIfSpent(peer)
            guard !peer.mustWait else {
                let rest = UnsafeRawBufferPointer(rebasing: text[batch[index].start...])
                return postponement.postpone(restOfBatch: rest, of: peer)
            }
            try receive(batch[index], of: text, from: peer)
        }
    }

    /// Answers a message that could not be parsed. Many of them in a row close the peer.
    private func refuseUnreadable(_ peer: Peer, with error: ErrorObject) {
        peer.messages &+= 1
        delivery.respond(to: peer, id: nil, error: error)
        peer.parseErrors += 1
        guard Int(peer.parseErrors) >= configuration.parseErrorLimit, !peer.output.isClosing else { return }
        warnings.note(.unreadable(count: Int(peer.parseErrors)), of: peer, isClosed: true)
        delivery.close(peer)
    }

    /// Handles the value at `range`, which was scanned before.
    private func receive(
        _ range: ByteRange, of text: UnsafeRawBufferPointer, from peer: Peer
    ) throws(JSONError) {
        guard text[range.start] == UInt8(ascii: "{") else {
            peer.messages &+= 1
            let value = UnsafeRawBufferPointer(rebasing: text[range.start..<range.end])
            return delivery.respond(to: peer, id: nil, error: .invalidRequest(value.bytes))
        }
        let request = Request(sender: Unmanaged.passUnretained(peer), text: text, parts: parts)
        _ = try request.scan(from: range.start)
        handle(request)
    }

    @inline(__always)
    private func handle(_ request: borrowing Request) {
        let notifications = delivery.notifications
        request.sender._withUnsafeGuaranteedRef { $0.messages &+= 1 }
        handleMetered(request)
        let size = request.message.whole.count
        let notified = delivery.notifications &- notifications
        request.sender._withUnsafeGuaranteedRef { peer in
            if size > 512 || notified > 8 || peer.messages % Self.smallMessages == 0 { charge(peer, size, notified) }
        }
    }

    /// Small messages are charged together, when this many have been handled.
    private static var smallMessages: UInt64 { 128 }

    /// Charges the work that is not metered: the message itself, and notifications of plain fetchers, which are about as
    /// long as the message.
    @inline(never)
    private func charge(_ peer: Peer, _ size: Int, _ notified: UInt64) {
        var work = 100 + size / 4 + Int(truncatingIfNeeded: notified) * (20 + size / 8)
        if peer.messages % Self.smallMessages == 0 { work += Int(Self.smallMessages) * 200 }
        scheduler.charge(peer, work)
    }

    @inline(__always)
    private func handleMetered(_ request: borrowing Request) {
        if request.message.id != nil, !request.message.hasValidID(in: request.text.bytes) {
            return refuse(request, id: nil)
        }
        if let method = request.message.method {
            handle(method, request)
        } else if request.message.hasWrongMethod {
            refuse(request, id: request.id)
        } else if request.message.result != nil || request.message.error != nil {
            router.receiveAnswer(request)
        } else {
            refuse(request, id: request.id)
        }
    }

    /// Refuses an object that is no message.
    @inline(never)
    private func refuse(_ request: borrowing Request, id: UnsafeRawBufferPointer?) {
        delivery.respond(to: request.peer, id: id, error: .invalidRequest(request.bytes(request.message.whole).bytes))
    }

    // MARK: Methods

    @inline(__always)
    private func handle(_ method: JSONStringRange, _ request: borrowing Request) {
        do throws(ErrorObject) {
            try dispatch(method, request)
        } catch {
            if error.code == .limitExceeded { noteRefusal(error, of: request.peer) }
            if let id = request.id { delivery.respond(to: request.peer, id: id, error: error) }
        }
    }

    /// Counts a request that was refused because of a limit, and notes a warning.
    @inline(never)
    private func noteRefusal(_ error: ErrorObject, of peer: Peer) {
        peer.refused &+= 1
        peer.account.refused &+= 1
        warnings.note(error, of: peer)
    }

    /// The methods of the protocol, the most frequent ones first.
    @inline(__always)
    private func dispatch(_ method: JSONStringRange, _ request: borrowing Request) throws(ErrorObject) {
        let text = request.text.bytes
        var name = text.nameWord(method.content, hasEscapes: method.hasEscapes)
        if name == NameWord.none { name = wordOfUnusual(method, in: text) }
        if request.sender._withUnsafeGuaranteedRef({ $0.permission != .all }) { try checkLogin(name, method, request) }
        if name == NameWord.of("change") {
            try elementRequests.change(request)
        } else if name == NameWord.of("set") {
            try router.route(request, isSet: true)
        } else if name == NameWord.of("call") {
            try router.route(request, isSet: false)
        } else if name == NameWord.of("add") {
            try elementRequests.add(request)
        } else {
            try dispatchOther(name, method, request)
        }
    }

    /// The methods that are less frequent.
    @inline(never)
    private func dispatchOther(
        _ name: UInt64, _ method: JSONStringRange, _ request: borrowing Request
    ) throws(ErrorObject) {
        switch name {
        case NameWord.of("remove"): try elementRequests.remove(request)
        case NameWord.of("fetch"): try fetchRequests.fetch(request)
        case NameWord.of("unfetch"): try fetchRequests.unfetch(request)
        case NameWord.of("get"): try fetchRequests.get(request)
        case NameWord.of("branches"): try fetchRequests.branches(request)
        case NameWord.of("config"): try sessionRequests.config(request)
        case NameWord.of("info"): sessionRequests.info(request, statistics(for: request.peer))
        case NameWord.of("peers"): try reportPeers(request)
        case NameWord.of("echo"): sessionRequests.echo(request)
        case NameWord.of("passwd"): try authenticator.passwd(request)
        case NameWord.of("pair"): try authenticator.pair(request)
        case NameWord.of("keys"): try authenticator.keys(request)
        default:
            // The names of these are longer than a word.
            let text = request.text.bytes
            if method.equals("authenticate", in: text) { return try authenticator.authenticate(request) }
            if method.equals("moveWindow", in: text) { return try fetchRequests.moveWindow(request) }
            if method.equals("offerPairing", in: text) { return try authenticator.offerPairing(request) }
            if method.equals("removeKey", in: text) { return try authenticator.removeKey(request) }
            throw .methodNotFound([UInt8(ascii: "\"")] + method.content.of(text).array + [UInt8(ascii: "\"")])
        }
    }

    /// Checks that a peer that has not logged in may use a method.
    @inline(never)
    private func checkLogin(
        _ name: UInt64, _ method: JSONStringRange, _ request: borrowing Request
    ) throws(ErrorObject) {
        switch name {
        case NameWord.of("config"), NameWord.of("info"), NameWord.of("echo"), NameWord.of("pair"): return
        case NameWord.of("fetch"), NameWord.of("unfetch"), NameWord.of("get"), NameWord.of("branches"):
            if request.peer.permission == .read { return }
        default:
            let text = request.text.bytes
            if method.equals("authenticate", in: text) { return }
            if request.peer.permission == .read, method.equals("moveWindow", in: text) { return }
        }
        throw .loginRequired
    }

    /// The word of a method's name that is long or has escapes.
    @inline(never)
    private func wordOfUnusual(_ method: JSONStringRange, in text: RawSpan) -> UInt64 {
        let name = method.decoded(in: text)
        guard !name.contains(0) else { return NameWord.none }
        return name.span.bytes.nameWord(ByteRange(0, name.count), hasEscapes: false)
    }

    // MARK: Authentication

    /// Whether there are authentication requests to be taken.
    public var hasAuthenticationRequests: Bool { authenticator.hasRequests }

    /// Takes the authentication requests since the last call, in order. Each must be answered once, even if its peer has
    /// disconnected.
    public func takeAuthenticationRequests() -> ContiguousArray<AuthenticationRequest> { authenticator.takeRequests() }

    /// Whether a peer still waits for the result of a request.
    public func isAwaited(_ request: AuthenticationRequest) -> Bool {
        peer(request.peer)?.authentication?.serial == request.serial
    }

    /// Answers an authentication request. If the peer is still connected, it receives the response, and the messages that
    /// it has sent meanwhile are handled.
    ///
    /// - Parameters:
    ///   - limits: The limits that are configured for the user, whose account the peer joins if it has authenticated and
    ///     the system's user that runs it is not known.
    ///   - now: The time in nanoseconds, by a clock that never goes back.
    public func answer(
        _ request: AuthenticationRequest, with result: AuthenticationResult, limits: Quotas.Limits = Quotas.Limits(),
        at now: UInt64
    ) {
        clock.advance(to: now)
        fetchRequests.beginMessage()
        let peer = peer(request.peer)
        guard authenticator.answer(request, with: result, limits: limits, of: peer), let peer else { return }
        handlePostponed(of: peer)
        delivery.pauseIfFull(peer)
        delivery.closeIfServed(peer)
    }

    /// Handles texts of a peer that have waited, until its messages must wait again.
    func handlePostponed(of peer: Peer) {
        guard !peer.postponed.isEmpty else { return }
        var texts = postponement.takeTexts(of: peer)
        while var text = texts.first, delivery.accepts(peer) {
            yieldIfSpent(peer)
            guard !peer.mustWait else { break }
            if text.next != nil {
                handleRest(of: &text, from: peer)
                guard text.next == nil else {
                    texts[texts.startIndex] = text
                    continue
                }
            } else {
                receive(text.text.span.bytes, from: peer.id, at: clock.now)
            }
            texts.removeFirst()
        }
        // The rest of a batch that was among them comes before the others.
        postponement.postpone(again: texts, of: peer)
    }

    /// Handles the messages of a batch from `next` on, until one must wait or to the end; then `next` is
    /// `nil`. The text was checked when it was received.
    private func handleRest(of batch: inout PostponedText, from peer: Peer) {
        guard let start = batch.next else { return }
        batch.next = batch.text.withUnsafeBytes { text -> Int? in
            var scanner = JSONScanner(text.bytes, at: start, depth: 1)
            do throws(JSONError) {
                repeat {
                    guard delivery.accepts(peer) else { return nil }
                    yieldIfSpent(peer)
                    guard !peer.mustWait else { return scanner.offset }
                    try receive(try scanner.value(), of: text, from: peer)
                } while try scanner.nextElement()
            } catch {
                return nil
            }
            return nil
        }
    }
}
