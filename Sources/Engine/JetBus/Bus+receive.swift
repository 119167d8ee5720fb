import JSONText
import JetProtocol

/// One request or notification, while it is being handled: the text of the whole message and where its parts lie.
struct Request: ~Copyable {
    /// Who sent it. A peer outlives the handling of its messages.
    let sender: Unmanaged<Peer>
    let text: UnsafeRawBufferPointer
    let now: UInt64
    private let parts: UnsafeMutablePointer<Message>

    /// - Parameter parts: Where the parts are noted, by `scan`.
    init(sender: Unmanaged<Peer>, text: UnsafeRawBufferPointer, now: UInt64, parts: UnsafeMutablePointer<Message>) {
        self.sender = sender
        self.text = text
        self.now = now
        self.parts = parts
        parts.pointee = Message()
    }

    /// Where the parts of the message lie. They are read where they are: to copy them would cost more than to find them.
    var message: Message {
        @inline(__always) unsafeAddress { UnsafePointer(parts) }
    }

    /// Reads the message that begins at `start`.
    ///
    /// - Returns: Where it ends.
    @inline(__always)
    func scan(from start: Int, params: inout JSONMembers) throws(JSONError) -> Int {
        params.removeAll()
        return try text.bytes.scanMessage(at: start, room: JSONScanner.maximumDepth, &parts.pointee, &params)
    }

    var peer: Peer { sender.takeUnretainedValue() }

    /// The bytes at `range`.
    @inline(__always)
    func bytes(_ range: ByteRange) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: text[range.start..<range.end])
    }

    /// The id as it came, or `nil` for a notification.
    @inline(__always)
    var id: UnsafeRawBufferPointer? {
        guard let range = message.id else { return nil }
        return bytes(range)
    }

    /// Whether the value at `range`, which was scanned, is `null`.
    func isNull(_ range: ByteRange) -> Bool { text[range.start] == UInt8(ascii: "n") }

    /// The text of the params, `null` if there are none.
    var params: [UInt8] {
        guard let range = message.params else { return Array("null".utf8) }
        return Array(bytes(range))
    }
}

extension Bus {
    /// Handles one message of a peer: an object or an array of them.
    ///
    /// - Parameters:
    ///   - text: The message, without the frame around it, in the peer's encoding.
    ///   - id: From whom.
    ///   - now: The time in nanoseconds, by a clock that never goes back.
    /// - Returns: Whether the peer's next message may follow at once. Not if the peer is to be closed; and if it is
    ///   paused, better later, when it has read, or the question about it has its verdict.
    @discardableResult
    public func receive(_ text: RawSpan, from id: PeerID, at now: UInt64) -> Bool {
        guard peers.indices.contains(id.index), let reference = peers[id.index] else { return false }
        return reference._withUnsafeGuaranteedRef { peer in
            guard mayAsk(peer) else { return false }
            guard peer.inquiry == nil else {
                postpone(text, of: peer)
                return false
            }
            self.now = max(self.now, now)
            walked = 0
            text.withUnsafeBytes { text in
                guard let text = peer.encoding == .json ? text : transcoded(text, from: peer) else { return }
                receive(text, from: peer, at: now)
            }
            if peer.outbox.count >= configuration.outboxLimit { peer.isPaused = true }
            return !peer.isPaused && !peer.isClosing && peer.inquiry == nil
        }
    }

    /// Whether a peer is listened to. One that has been told much more than it has read, by its own asking, is closed.
    ///
    /// What it is told without asking is conflated; but answers, and notifications of its own doing, are not, and one
    /// batch can ask for very many.
    @inline(__always)
    func mayAsk(_ peer: Peer) -> Bool {
        if peer.outbox.count >= configuration.outboxCeiling { refuseForOutbox(peer) }
        return !peer.isClosing
    }

    func refuseForOutbox(_ peer: Peer) {
        refuse(peer, with: .limitExceeded("outbox", max: configuration.outboxCeiling))
    }

    private func receive(_ text: UnsafeRawBufferPointer, from peer: Peer, at now: UInt64) {
        do throws(JSONError) {
            if text.first == UInt8(ascii: "{") { return try receive(whole: text, from: peer, at: now) }
            var scanner = JSONScanner(text.bytes)
            guard try scanner.peek() != UInt8(ascii: "[") else { return try receiveBatch(text, from: peer, at: now) }
            let range = try scanner.value()
            try scanner.end()
            peer.parseErrors = 0
            try receive(range, of: text, from: peer, at: now)
        } catch {
            refuseUnread(peer, with: .parseError(of: text.bytes))
        }
    }

    /// Handles a text that is one object, from its first byte on.
    @inline(__always)
    private func receive(whole text: UnsafeRawBufferPointer, from peer: Peer, at now: UInt64) throws(JSONError) {
        let request = Request(sender: Unmanaged.passUnretained(peer), text: text, now: now, parts: parts)
        let end = try request.scan(from: 0, params: &params)
        if end < text.count {
            var scanner = JSONScanner(text.bytes, at: end)
            try scanner.end()
        }
        peer.parseErrors = 0
        handle(request)
    }

    private func receiveBatch(_ text: UnsafeRawBufferPointer, from peer: Peer, at now: UInt64) throws(JSONError) {
        try scanBatch(text.bytes)
        peer.parseErrors = 0
        // A batch cannot be inside a batch, so nobody else uses the list meanwhile.
        for index in batch.indices where mayAsk(peer) {
            guard peer.inquiry == nil else {
                postpone(restOfBatch: UnsafeRawBufferPointer(rebasing: text[batch[index].start...]), of: peer)
                break
            }
            try receive(batch[index], of: text, from: peer, at: now)
        }
        batch.removeAll(keepingCapacity: batch.count <= 1024)
    }

    /// Answers a message that could not be read. Many of them in a row close the peer.
    func refuseUnread(_ peer: Peer, with error: ErrorObject) {
        counters.messages &+= 1
        respond(to: peer, id: nil, error: error)
        peer.parseErrors += 1
        guard Int(peer.parseErrors) >= configuration.parseErrorLimit, !peer.isClosing else { return }
        note(.unreadable(count: Int(peer.parseErrors)), of: peer, isClosed: true)
        peer.isClosing = true
    }

    /// Notes where the messages of a batch lie. All of it is checked before any of it is handled: one that will not
    /// parse is refused as a whole.
    private func scanBatch(_ text: RawSpan) throws(JSONError) {
        var scanner = JSONScanner(text)
        batch.removeAll(keepingCapacity: true)
        if try scanner.enterArray() {
            repeat { batch.append(try scanner.value()) } while try scanner.nextElement()
        }
        try scanner.end()
    }

    /// Handles the value at `range`, which was scanned before.
    func receive(
        _ range: ByteRange, of text: UnsafeRawBufferPointer, from peer: Peer, at now: UInt64
    ) throws(JSONError) {
        guard text[range.start] == UInt8(ascii: "{") else {
            counters.messages &+= 1
            let value = UnsafeRawBufferPointer(rebasing: text[range.start..<range.end])
            return respond(to: peer, id: nil, error: .invalidRequest(value.bytes))
        }
        let request = Request(sender: Unmanaged.passUnretained(peer), text: text, now: now, parts: parts)
        _ = try request.scan(from: range.start, params: &params)
        handle(request)
    }

    @inline(__always)
    private func handle(_ request: borrowing Request) {
        counters.messages &+= 1
        if request.message.id != nil, !request.message.hasValidID(in: request.text.bytes) {
            return refuse(request, id: nil)
        }
        if let method = request.message.method {
            dispatch(method, request)
        } else if request.message.hasWrongMethod {
            refuse(request, id: request.id)
        } else if request.message.result != nil || request.message.error != nil {
            receiveAnswer(request)
        } else {
            refuse(request, id: request.id)
        }
    }

    /// Refuses what is no message.
    @inline(never)
    private func refuse(_ request: borrowing Request, id: UnsafeRawBufferPointer?) {
        respond(to: request.peer, id: id, error: .invalidRequest(request.bytes(request.message.whole).bytes))
    }

    @inline(__always)
    private func dispatch(_ method: JSONStringRange, _ request: borrowing Request) {
        let text = request.text.bytes
        var name = text.nameWord(method.content, hasEscapes: method.hasEscapes)
        do throws(ErrorObject) {
            // The most frequent, by themselves.
            if name == NameWord.of("change") { return try change(request) }
            if name == NameWord.of("set") { return try route(request, isSet: true) }
            if name == NameWord.of("call") { return try route(request, isSet: false) }
            if name == NameWord.of("add") { return try add(request) }
            if name == NameWord.none { name = wordOfUnusual(method, in: text) }
            try dispatch(name, request)
        } catch {
            if error.code == .limitExceeded { note(error, of: culprit ?? request.peer) }
            culprit = nil
            if let id = request.id { respond(to: request.peer, id: id, error: error) }
        }
    }

    @inline(never)
    private func dispatch(_ name: UInt64, _ request: borrowing Request) throws(ErrorObject) {
        switch name {
        case NameWord.of("change"): try change(request)
        case NameWord.of("set"): try route(request, isSet: true)
        case NameWord.of("call"): try route(request, isSet: false)
        case NameWord.of("add"): try add(request)
        case NameWord.of("remove"): try remove(request)
        case NameWord.of("fetch"): try fetch(request)
        case NameWord.of("unfetch"): try unfetch(request)
        case NameWord.of("get"): try get(request)
        case NameWord.of("config"): try config(request)
        case NameWord.of("info"): info(request)
        case NameWord.of("echo"): echo(request)
        case NameWord.of("passwd"): try passwd(request)
        default:
            guard let method = request.message.method else { return }
            let text = request.text.bytes
            if method.equals("authenticate", in: text) { return try authenticate(request) }
            throw .methodNotFound([UInt8(ascii: "\"")] + method.content.of(text).array + [UInt8(ascii: "\"")])
        }
    }

    /// The word of a method's name that is long or holds escapes.
    @inline(never)
    private func wordOfUnusual(_ method: JSONStringRange, in text: RawSpan) -> UInt64 {
        let name = method.decoded(in: text)
        guard !name.contains(0) else { return NameWord.none }
        return name.span.bytes.nameWord(ByteRange(0, name.count), hasEscapes: false)
    }

    // MARK: Responses

    /// Answers a request with `true`; a notification gets nothing.
    @inline(__always)
    func succeed(_ request: borrowing Request) {
        guard let id = request.id else { return }
        request.sender._withUnsafeGuaranteedRef { peer in
            markDirty(peer)
            peer.outbox.frame(length: 6 &+ id.count &+ 15)
                .putting("{\"id\":").putting(id).put(StaticString(",\"result\":true}"))
        }
    }

    /// Answers a request with the text of a JSON value.
    func respond(to peer: Peer, id: UnsafeRawBufferPointer, result: UnsafeRawBufferPointer) {
        respond(to: peer, id: id, member: ",\"result\":", text: result)
    }

    /// Answers with an error; without `id` if that is `nil`.
    func respond(to peer: Peer, id: UnsafeRawBufferPointer?, error: ErrorObject) {
        guard let id else {
            markDirty(peer)
            let text = Array("{\"error\":".utf8) + error.text + [UInt8(ascii: "}")]
            text.withUnsafeBytes { peer.outbox.append($0) }
            return
        }
        error.text.withUnsafeBytes { respond(to: peer, id: id, member: ",\"error\":", text: $0) }
    }

    /// Answers with `{"id":<id><member><text>}`.
    func respond(to peer: Peer, id: UnsafeRawBufferPointer, member: StaticString, text: UnsafeRawBufferPointer) {
        markDirty(peer)
        let length = 6 &+ id.count &+ member.utf8CodeUnitCount &+ text.count &+ 1
        peer.outbox.frame(length: length)
            .putting("{\"id\":").putting(id).putting(member).putting(text).put(StaticString("}"))
    }
}
