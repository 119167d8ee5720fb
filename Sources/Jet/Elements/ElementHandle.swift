import Synchronization

/// The owner's end of one element: takes the requests that are routed to it and has them served, one after the other in
/// the order in which they came, so that a handler never runs beside itself; or, if it wants that, all at once.
final class ElementHandle: Sendable {
    typealias Service = @Sendable (RoutedRequest) async -> Void

    private struct Mailbox {
        /// Requests that wait for the one that is being served.
        var waiting: [RoutedRequest] = []
        /// Whether a task is serving.
        var isServing = false
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

    /// Sees to it that `request` is served. Returns at once.
    func serve(_ request: RoutedRequest) {
        guard !isConcurrent else {
            Task { await service(request) }
            return
        }
        let isFirst = mailbox.withLock { mailbox in
            mailbox.waiting.append(request)
            defer { mailbox.isServing = true }
            return !mailbox.isServing
        }
        // A task lives as long as there is something to do: an element that nobody asks costs none.
        if isFirst { Task { await serveWaiting() } }
    }

    private func serveWaiting() async {
        while true {
            let batch = mailbox.withLock { mailbox in
                defer { mailbox.waiting = [] }
                if mailbox.waiting.isEmpty { mailbox.isServing = false }
                return mailbox.waiting
            }
            if batch.isEmpty { return }
            for request in batch { await service(request) }
        }
    }
}
