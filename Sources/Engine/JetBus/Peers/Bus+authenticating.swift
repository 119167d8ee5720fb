import Glibc
import JSONText
import JetProtocol

/// Who a peer is: `authenticate` and `passwd` (jet-protocol(7) §2 and §6).
///
/// Neither can be answered in place: a password is checked outside of the bus, and slowly. So they become questions:
///
///     for question in bus.takeQuestions() { ... }             // when `hasQuestions`
///     bus.answer(question, with: verdict, at: now)            // each one, once, in whatever order
///
/// Until there is a verdict, what the peer sends waits: here the rest of a batch, in the shell what it has not read. So
/// what one peer sends is handled in its order, and never with rights that it did not have when its turn came. That is
/// also why a peer has one question at most. There are so few in all that passwords cannot be guessed faster than they
/// can be checked one by one; a wrong one is not punished further.
extension Bus {
    func authenticate(_ request: borrowing Request) throws(ErrorObject) {
        let credentials = try credentials(of: request)
        guard request.peer.fetchers.isEmpty else { throw Self.refusal("alreadyFetching") }
        try ask(.authentication, credentials, request)
    }

    func passwd(_ request: borrowing Request) throws(ErrorObject) {
        let credentials = try credentials(of: request)
        guard configuration.hasUsers else { throw Self.refusal("invalidUser") }
        guard let asker = request.peer.user else { throw Self.noAccess(credentials.user) }
        try ask(.passwordChange(by: asker), credentials, request)
    }

    private func ask(
        _ kind: Question.Kind, _ credentials: NamedPassword, _ request: borrowing Request
    ) throws(ErrorObject) {
        guard configuration.hasUsers, credentials.user.utf8.count <= Self.longestName else {
            throw Self.refusal("invalidUser")
        }
        guard openQuestions.count < configuration.openQuestionLimit else {
            throw .limitExceeded("authentications", max: configuration.openQuestionLimit)
        }
        serial &+= 1
        openQuestions.insert(serial)
        questions.append(
            Question(
                kind: kind, user: credentials.user, password: credentials.password, peer: request.peer.id,
                serial: serial))
        request.peer.inquiry = Inquiry(
            serial: serial, kind: kind, user: credentials.user, id: request.id.map { Array($0) })
    }

    // MARK: Questions

    /// Whether there are questions to be taken.
    public var hasQuestions: Bool { !questions.isEmpty }

    /// Takes the questions that have come up, in their order. Each is to be answered once, even if its peer has gone.
    public func takeQuestions() -> ContiguousArray<Question> {
        defer { questions = [] }
        return questions
    }

    /// Whether somebody still waits for the verdict.
    public func isAwaited(_ question: Question) -> Bool { peer(question.peer)?.inquiry?.serial == question.serial }

    /// The verdict on a question. If the peer that it is about is still there, it is told; and what it sent in the
    /// meantime is handled.
    ///
    /// - Parameter now: The time in nanoseconds, by a clock that never goes back.
    public func answer(_ question: Question, with verdict: Verdict, at now: UInt64) {
        self.now = max(self.now, now)
        walked = 0
        guard openQuestions.remove(question.serial) != nil else { return }
        // Another peer may be in the place of the one that asked.
        guard let peer = peer(question.peer), let inquiry = peer.inquiry, inquiry.serial == question.serial else {
            return
        }
        peer.inquiry = nil
        guard !peer.isClosing else { return }
        conclude(inquiry, with: verdict, of: peer)
        handle(inquiry.postponed, from: peer, at: now)
        if peer.outbox.count >= configuration.outboxLimit { peer.isPaused = true }
        closeIfServed(peer)
    }

    private func conclude(_ inquiry: Inquiry, with verdict: Verdict, of peer: Peer) {
        let outcome = outcome(of: inquiry, verdict)
        if case .granted(let groups) = verdict, inquiry.kind == .authentication {
            peer.groups = groups
            peer.user = inquiry.user
        }
        guard let id = inquiry.id else { return }
        id.withUnsafeBytes { id in
            switch outcome {
            case .success(let result): result.withUnsafeBytes { respond(to: peer, id: id, result: $0) }
            case .failure(let error): respond(to: peer, id: id, error: error)
            }
        }
    }

    private func outcome(of inquiry: Inquiry, _ verdict: Verdict) -> Result<[UInt8], ErrorObject> {
        switch (verdict, inquiry.kind) {
        case (.granted(let groups), .authentication): .success(groups.json.text)
        case (.changed, .passwordChange): .success(Array("true".utf8))
        case (.unknownUser, _): .failure(Self.refusal("invalidUser"))
        case (.wrongPassword, _): .failure(Self.refusal("invalidPassword"))
        case (.forbidden, _): .failure(Self.noAccess(inquiry.user))
        case (.failed(let reason), _): .failure(.internalError(reason))
        case (.granted, .passwordChange), (.changed, .authentication):
            .failure(.internalError("a verdict that answers another question"))
        }
    }

    /// The peer has gone: what nobody has taken need not be found out. What was taken counts until it is answered, since
    /// until then somebody works on it.
    func forgetQuestion(of peer: Peer) {
        guard let inquiry = peer.inquiry else { return }
        peer.inquiry = nil
        guard let index = questions.firstIndex(where: { $0.serial == inquiry.serial }) else { return }
        questions.remove(at: index)
        openQuestions.remove(inquiry.serial)
    }

    // MARK: What waits

    /// Keeps a text that has come too early. A shell that stops when `receive` says so brings none.
    func postpone(_ text: RawSpan, of peer: Peer) { postpone(PostponedText(text: text.array, next: nil), of: peer) }

    /// Keeps the rest of a batch, which begins with the next message.
    func postpone(restOfBatch text: UnsafeRawBufferPointer, of peer: Peer) {
        postpone(PostponedText(text: Array(text), next: 0), of: peer)
    }

    private func postpone(_ text: PostponedText, of peer: Peer) {
        guard let inquiry = peer.inquiry else { return }
        // Bounds what a careless shell can bring; a batch is no longer than a message may be.
        let count = inquiry.postponed.reduce(text.text.count) { $0 + $1.text.count }
        guard inquiry.postponed.isEmpty || count <= configuration.pendingBytesLimit else {
            return refuse(peer, with: .limitExceeded("pendingBytes", max: configuration.pendingBytesLimit))
        }
        inquiry.postponed.append(text)
    }

    /// Handles what has waited, until the next question. What is behind that waits on.
    private func handle(_ texts: [PostponedText], from peer: Peer, at now: UInt64) {
        var texts = texts[...]
        while var text = texts.first, peer.inquiry == nil, mayAsk(peer) {
            if text.next != nil {
                handleRest(of: &text, from: peer, at: now)
                guard text.next == nil else {
                    texts[texts.startIndex] = text
                    continue
                }
            } else {
                receive(text.text.span.bytes, from: peer.id, at: now)
            }
            texts.removeFirst()
        }
        peer.inquiry?.postponed += texts
    }

    /// Handles the messages of a batch from `next` on, up to a question or to the end; then `next` is `nil`. All of it
    /// was checked when it came.
    private func handleRest(of batch: inout PostponedText, from peer: Peer, at now: UInt64) {
        guard let start = batch.next else { return }
        batch.next = batch.text.withUnsafeBytes { text -> Int? in
            var scanner = JSONScanner(text.bytes, at: start, depth: 1)
            do throws(JSONError) {
                repeat {
                    guard mayAsk(peer) else { return nil }
                    guard peer.inquiry == nil else { return scanner.offset }
                    try receive(try scanner.value(), of: text, from: peer, at: now)
                } while try scanner.nextElement()
            } catch {
                return nil
            }
            return nil
        }
    }

    // MARK: Params

    private struct NamedPassword {
        let user: String
        let password: Secret
    }

    /// Longer names are nobody's.
    private static var longestName: Int { 1024 }
    /// crypt(3) takes no password of so many bytes: what is cut is refused as it would be whole, and not kept.
    private static var longestPassword: Int { 512 }

    private func credentials(of request: borrowing Request) throws(ErrorObject) -> NamedPassword {
        let user = try requiredString("user", of: request)
        let password = try requiredString("password", of: request)
        let text = request.text.bytes
        guard password.hasEscapes else {
            let bytes = request.bytes(password.content)
            return NamedPassword(
                user: user.string(in: text),
                password: Secret(UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.longestPassword))))
        }
        var decoded = password.decoded(in: text)
        if decoded.count > Self.longestPassword { decoded.removeLast(decoded.count - Self.longestPassword) }
        return NamedPassword(user: user.string(in: text), password: Secret(moving: &decoded))
    }

    private func requiredString(
        _ name: StaticString, of request: borrowing Request
    ) throws(ErrorObject) -> JSONStringRange {
        let range = try required(name, of: request)
        guard range.count >= 2, request.text[range.start] == UInt8(ascii: "\"") else {
            throw .wrongType(name, got: request.params)
        }
        let content = ByteRange(range.start + 1, range.end - 1)
        let bytes = request.bytes(content)
        let hasEscapes = bytes.contains(UInt8(ascii: "\\"))
        return JSONStringRange(content: content, hasEscapes: hasEscapes)
    }

    // MARK: Errors

    private static func refusal(_ key: StaticString) -> ErrorObject { .invalidParams(key, Array("true".utf8)) }

    /// Whoever may not change a password is told whose, in the place of a path.
    private static func noAccess(_ user: String) -> ErrorObject { .invalidParams("noAccess", JSON.string(user).text) }
}
