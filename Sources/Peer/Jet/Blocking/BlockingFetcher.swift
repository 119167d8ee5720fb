public import JSONText
public import JetProtocol

/// A fetch of a `BlockingPeer`, from which events, changes or windows are taken one by one.
///
///     let fetcher = try peer.fetch(.path(startsWith: "cpu/"), as: Double.self)
///     while let event = try fetcher.next() {
///         print(event.kind, event.path, event.value ?? .nan)
///         if event.path == "cpu/enough" { try fetcher.unfetch() }
///     }
///
/// A BlockingFetcher ends its fetch when it is deallocated.
public final class BlockingFetcher<Element: Sendable>: Sendable {
    private let take: @Sendable () async throws(JetError) -> Element?
    private let begin: @Sendable () async throws(JetError) -> Void
    private let end: @Sendable () async throws(JetError) -> Void
    private let isOn: @Sendable () -> Bool

    /// What comes next, as soon as there is something; `nil` when the fetch is over.
    ///
    /// - Parameter timeout: How long to wait; `nil`: for ever.
    /// - Throws: `.timeout` if nothing came in time, and the fetch goes on; `.notConnected` if the connection is lost
    ///   for good; `.mustNotWait`.
    public func next(timeout: Duration? = nil) throws(JetError) -> Element? { try Waiting.wait(for: timeout, take) }

    /// Takes everything that comes, until the fetch is over: because `body` unfetches or throws, or the peer is closed.
    ///
    /// - Throws: What `body` throws; `.notConnected`, `.mustNotWait`.
    public func forEach(_ body: (Element) throws -> Void) throws {
        while let element = try next() { try body(element) }
    }

    /// Whether something comes, or will as soon as there is a connection.
    public var isFetching: Bool { isOn() }

    /// Fetches again after an `unfetch`: all elements are sent again. Does nothing while it is fetching.
    ///
    /// - Throws: As `Fetcher.fetch`.
    public func fetch() throws(JetError) { try Waiting.wait(begin) }

    /// Ends the fetch. What has come already can still be taken. Does nothing if it is not fetching.
    ///
    /// - Throws: As `Fetcher.unfetch`.
    public func unfetch() throws(JetError) { try Waiting.wait(end) }

    fileprivate init<Value>(_ fetcher: Fetcher<Value>) where Element == FetchEvent<Value> {
        take = { () async throws(JetError) in try await fetcher.next() }
        begin = { () async throws(JetError) in try await fetcher.fetch() }
        end = { () async throws(JetError) in try await fetcher.unfetch() }
        isOn = { fetcher.isFetching }
    }

    fileprivate init<Value>(_ fetcher: SortedFetcher<Value>) where Element == SortedChanges<Value> {
        take = { () async throws(JetError) in try await fetcher.next() }
        begin = { () async throws(JetError) in try await fetcher.fetch() }
        end = { () async throws(JetError) in try await fetcher.unfetch() }
        isOn = { fetcher.isFetching }
    }

    fileprivate init<Value>(_ fetcher: WindowFetcher<Value>) where Element == [SortedEntry<Value>] {
        take = { () async throws(JetError) in try await fetcher.next() }
        begin = { () async throws(JetError) in try await fetcher.fetch() }
        end = { () async throws(JetError) in try await fetcher.unfetch() }
        isOn = { fetcher.isFetching }
    }
}

/// Fetching elements.
extension BlockingPeer {
    /// Fetches the elements that satisfy a rule, and their changes.
    ///
    /// - Throws: As `Peer.fetch`.
    public func fetch<Value: Decodable & Sendable>(
        _ rule: FetchRule, as type: Value.Type = JSON.self, buffering: FetchBuffering = .all
    ) throws(JetError) -> BlockingFetcher<FetchEvent<Value>> {
        try Waiting.wait { () async throws(JetError) in
            BlockingFetcher(try await self.peer.fetch(rule, as: type, buffering: buffering))
        }
    }

    /// Fetches the elements whose path matches a pattern of Lua, and their changes.
    ///
    /// - Throws: As `Peer.fetch(matching:)`.
    public func fetch<Value: Decodable & Sendable>(
        matching pattern: String, as type: Value.Type = JSON.self, buffering: FetchBuffering = .all
    ) throws(JetError) -> BlockingFetcher<FetchEvent<Value>> {
        try fetch(.path(matching: pattern), as: type, buffering: buffering)
    }

    /// Fetches a sorted part of the elements that satisfy a rule, as changes of a window.
    ///
    /// - Throws: As `Peer.fetchSorted`.
    public func fetchSorted<Value: Decodable & Sendable>(
        _ rule: FetchRule, as type: Value.Type = JSON.self, buffering: FetchBuffering = .all
    ) throws(JetError) -> BlockingFetcher<SortedChanges<Value>> {
        try Waiting.wait { () async throws(JetError) in
            BlockingFetcher(try await self.peer.fetchSorted(rule, as: type, buffering: buffering))
        }
    }

    /// Fetches a sorted part of the elements that satisfy a rule, and keeps it up to date: each window that comes is
    /// the newest.
    ///
    /// - Throws: As `Peer.window`.
    public func window<Value: Decodable & Sendable>(
        _ rule: FetchRule, as type: Value.Type = JSON.self
    ) throws(JetError) -> BlockingFetcher<[SortedEntry<Value>]> {
        try Waiting.wait { () async throws(JetError) in
            BlockingFetcher(try await self.peer.window(rule, as: type))
        }
    }
}
