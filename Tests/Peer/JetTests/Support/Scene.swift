import JSONText
import JetProtocol

@testable import Jet

/// A session on stage: tests say what comes and read what goes, as JSON and in words. Whoever waits, serves or listens is
/// a name.
struct Scene {
    typealias S = Session<String, String, String>

    var session: S
    /// The scene's clock.
    var now: Duration = .seconds(100)

    /// A session that is connected, and has said nothing yet.
    init(reconnects: Bool = false, name: String? = nil, outboxLimit: Int = 1 << 20, demandsLogin: Bool = false) {
        session = S(
            S.Settings(
                name: name, reconnects: reconnects, outboxLimit: outboxLimit, demandsLogin: demandsLogin))
        session.linkUp(now: now)
    }

    // MARK: What the peer does

    mutating func request(
        _ method: MethodName, _ params: JSON? = nil, within timeout: Duration = .seconds(5), _ who: String
    )
        throws(JetError) -> Int
    {
        let id = session.newID()
        try session.request(id, method, params: params?.text, deadline: now + timeout, reply: who)
        return id
    }

    mutating func add(_ path: String, _ value: JSON? = 1, owner: Int = 0, _ who: String = "add") throws(JetError) -> Int
    {
        let id = session.newID()
        try session.add(
            id, path, owner: owner, element: "element \(path)", value: value?.text, options: [],
            deadline: now + .seconds(5), reply: who)
        return id
    }

    /// Adds an element, and the daemon agrees.
    mutating func addDone(_ path: String, _ value: JSON? = 1, owner: Int = 0) throws(JetError) {
        let id = try add(path, value, owner: owner)
        _ = sent()
        _ = comes(["id": .number(id), "result": true])
    }

    mutating func change(_ path: String, _ value: JSON, owner: Int = 0) throws(JetError) {
        try session.change(path, owner: owner, value.text)
    }

    mutating func remove(_ path: String, owner: Int = 0, _ who: String = "remove") throws(JetError) -> String? {
        try session.remove(session.newID(), path, owner: owner, deadline: now + .seconds(5), reply: who).map(words)
    }

    /// Begins a fetch; its id.
    mutating func fetch(_ rule: String = "", _ who: String = "feed") throws(JetError) -> Int {
        let (id, fetch) = (session.newID(), session.newID())
        try session.fetch(
            id, fetch, rule: Array(rule.utf8), feed: who, deadline: now + .seconds(5), reply: "fetch")
        return fetch
    }

    /// Begins a fetch, and the daemon agrees.
    mutating func fetchDone(_ who: String = "feed") throws(JetError) -> Int {
        let fetch = try fetch("", who)
        let id = sent().last?["id"] ?? .null
        _ = comes(["id": id, "result": true])
        return fetch
    }

    // MARK: What the world does

    /// A message comes from the daemon.
    mutating func comes(_ message: JSON) -> String? {
        let text = message.text
        var scanner = JSONScanner(text.span.bytes)
        var params = JSONMembers()
        guard let found = try? scanner.message(params: &params),
            let incoming = Incoming(found, params: params, in: text.span.bytes)
        else { return nil }
        return session.receive(incoming, now: now).map(words)
    }

    /// The connection is lost.
    mutating func linkBreaks() -> [String] {
        session.linkDown(JetError(.notConnected, "lost")).map(words)
    }

    /// Time passes, and the timer goes off if it was set to.
    mutating func passes(_ time: Duration) -> [String] {
        now += time
        guard let due = session.nextDeadline, due <= now else { return [] }
        return session.expire(now: now).map(words)
    }

    // MARK: What is seen

    /// What was said since the last look, as the daemon reads it.
    mutating func sent() -> [JSON] {
        guard let bytes = session.outbox.take() else { return [] }
        session.written()
        var messages: [JSON] = []
        var reader = FrameReader(limit: 1 << 24)
        _ = try? reader.read(bytes.span.bytes) { message in
            messages.append((try? JSON(parsing: message)) ?? "not JSON")
            return true
        }
        return messages
    }

    private func words(_ action: S.Action) -> String {
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        func notice(_ notice: Notice) -> String {
            "\(notice.kind) \(notice.path)" + (notice.value.map { " " + text($0) } ?? "")
        }
        func sorted(_ notice: SortedNotice) -> String {
            (["n \(notice.count)"]
                + notice.changes.map { "\($0.index) \($0.path)" + ($0.value.map { " " + text($0) } ?? "") })
                .joined(separator: ", ")
        }
        switch action {
        case .reply(let who, .success(let result)): return "\(who) gets \(text(result))"
        case .reply(let who, .failure(let error)): return "\(who) fails: \(error.code)"
        case .serve(let element, let request): return "\(element) serves \(text(request.params))"
        case .deliver(let feed, let one): return "\(feed) hears \(notice(one))"
        case .deliverSorted(let feed, let one): return "\(feed) hears \(sorted(one))"
        case .deliverAll(let feed, let all): return "\(feed) hears \(all.map(notice).joined(separator: ", "))"
        case .finish(let feed, let error): return "\(feed) ends" + (error.map { ": \($0.code)" } ?? "")
        case .note(.complaint(let error)): return "log: complaint \(error.code.rawValue)"
        case .note(.unreadable): return "log: unreadable"
        case .hangUp: return "hang up"
        case .note(.authenticationRefused(let error)): return "log: not authenticated: \(error.code.rawValue)"
        case .note(.addDelayed(let path, _)): return "log: \(path) delayed"
        case .note(.addRefused(let path, _)): return "log: \(path) refused"
        }
    }
}
