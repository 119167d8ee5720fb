import Synchronization

/// The owner's end of one element: takes the requests that are routed to it and has them served, one after the other in
/// the order in which they came, so that a handler never runs beside itself; or, if it wants that, all at once. However
/// fast others ask and however slow the handler is, what waits is bounded.
final class ElementHandle: Sendable {
    typealias Service = @Sendable (RoutedRequest) async -> Void

    private struct Mailbox {
        /// Requests that wait for the one that is being served.
        var waiting: [RoutedRequest] = []
        /// Whether a task is serving.
        var isServing = false
        /// How many requests wait or are being served.
        var unserved = 0
    }

    /// Tells this element from another one that once had its path.
    let id: Int
    /// Its path.
    let path: String
    /// The members of its `add` behind path and value, as text.
    let options: [UInt8]
    /// Whether requests may overlap.
    let isConcurrent: Bool
    private let service: Service
    private let mailbox = Mutex(Mailbox())

    init(id: Int, path: String, options: [UInt8], isConcurrent: Bool = false, service: @escaping Service) {
        self.id = id
        self.path = path
        self.options = options
        self.isConcurrent = isConcurrent
        self.service = service
    }

    /// How many requests may wait or be served at a time.
    static let limit = 65_536

    /// Sees to it that `request` is served, and returns at once; `false` if too many wait already.
    func serve(_ request: RoutedRequest) -> Bool {
        let (isAccepted, isFirst) = mailbox.withLock { mailbox in
            guard mailbox.unserved < Self.limit else { return (false, false) }
            mailbox.unserved += 1
            guard !isConcurrent else { return (true, true) }
            mailbox.waiting.append(request)
            defer { mailbox.isServing = true }
            return (true, !mailbox.isServing)
        }
        // A task lives as long as there is something to do: an idle element needs none.
        if isFirst { Task { isConcurrent ? await serve(one: request) : await serveWaiting() } }
        return isAccepted
    }

    private func serve(one request: RoutedRequest) async {
        await service(request)
        mailbox.withLock { $0.unserved -= 1 }
    }

    private func serveWaiting() async {
        while true {
            let batch = mailbox.withLock { mailbox in
                defer { mailbox.waiting = [] }
                if mailbox.waiting.isEmpty { mailbox.isServing = false }
                return mailbox.waiting
            }
            if batch.isEmpty { return }
            for request in batch { await serve(one: request) }
        }
    }
}
