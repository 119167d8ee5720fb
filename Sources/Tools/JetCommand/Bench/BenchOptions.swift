import ArgumentParser
import Dispatch
import Glibc
import JSONText
import Jet
import JetBench
import JetProtocol

/// The options of all modes of `jet bench`.
struct BenchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Measure over unix, tcp, ws, jets, wss, or a URL; may be given several times. The names are the endpoint of \
            --connect if it has this transport, else the default endpoint of this transport. (default: --connect)
            """,
            valueName: "transport"),
        completion: .list(["unix", "tcp", "ws", "jets", "wss"]),
        transform: TransportChoice.init(parsing:))
    var transport: [TransportChoice] = []

    @Option(
        name: .customLong("repeat"),
        help: ArgumentHelp("The number of rounds, of which the medians are printed.", valueName: "n"))
    var rounds = 3

    @Option(
        help: ArgumentHelp(
            "The process ID of the daemon, for its processor time and memory, if it cannot be found from the connection.",
            valueName: "pid"))
    var daemonPid: Int32?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard (1...1000).contains(rounds) else {
            throw ValidationError("--repeat must be a number of rounds from 1 to 1000.")
        }
        if let daemonPid, daemonPid < 1 { throw ValidationError("--daemon-pid must be a process ID.") }
    }

    /// Measures, shows the progress, and prints the result.
    func run(_ mode: some Mode) async throws {
        let endpoints = try endpoints()
        var prepared = Benchmark(
            mode: mode, endpoints: endpoints, rounds: rounds, pid: daemonPid, patience: connection.timeout ?? 5)
        prepared.security = try connection.address.security(for: endpoints)
        let benchmark = prepared
        let progress = ProgressLine()
        let series: [Series]
        do {
            series = try await Self.onOwnThread { try benchmark.run { progress.show($0) } }
            progress.clear()
        } catch let error as BenchError {
            progress.clear()
            throw Failure(error)
        }
        let report = BenchReport(mode: mode, series: series)
        if output.json { try output.write(report.records) } else { try output.write(report.lines) }
        if series.contains(where: { $0.pid == nil }) {
            StandardOutput.say(
                "jet: The process of the daemon was not found, so its processor time and memory are unknown. "
                    + "Use --daemon-pid.")
        }
    }

    /// A measurement blocks, and the threads that tasks share are few.
    static func onOwnThread<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "bench").async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}

/// What `--transport` can say.
enum TransportChoice: Hashable, Sendable {
    case unix, tcp, webSocket, tls, secureWebSocket
    /// This endpoint.
    case endpoint(Endpoint)

    init(parsing text: String) throws {
        switch text {
        case "unix": self = .unix
        case "tcp": self = .tcp
        case "ws": self = .webSocket
        case "jets": self = .tls
        case "wss": self = .secureWebSocket
        case _ where text.contains(":") || text.contains("/"): self = .endpoint(try Endpoint(named: text))
        default:
            throw ValidationError(
                "'\(text)' is no transport: unix, tcp, ws, jets, wss, or a URL such as tcp://host:11122.")
        }
    }
}

extension BenchOptions {
    /// Where to measure, in the order of the command line.
    private func endpoints() throws -> [Endpoint] {
        let candidates = try candidates()
        guard !transport.isEmpty else { return [try reachable(candidates)] }
        return try transport.map { choice in
            switch choice {
            case .endpoint(let endpoint): endpoint
            case .unix:
                try reachable(candidates.filter { if case .unix = $0 { true } else { false } }, "unix socket")
            case .tcp: candidates.firstMap { if case .tcp = $0 { $0 } else { nil } } ?? .tcp(host: host, port: 11122)
            case .webSocket:
                candidates.firstMap { if case .webSocket = $0 { $0 } else { nil } }
                    ?? .webSocket(host: host, port: Endpoint.defaultWebSocketPort)
            case .tls:
                candidates.firstMap { if case .tls = $0 { $0 } else { nil } }
                    ?? .tls(host: host, port: Self.securePort(of: candidates))
            case .secureWebSocket:
                candidates.firstMap { if case .secureWebSocket = $0 { $0 } else { nil } }
                    ?? .secureWebSocket(host: host, port: Self.securePort(of: candidates))
            }
        }
    }

    /// The port for both transports with TLS.
    private static func securePort(of candidates: [Endpoint]) -> Int {
        candidates.first(where: \.isSecure)?.address?.port ?? Endpoint.defaultRemotePort
    }

    /// The host of `--connect`, for the other ports there.
    private var host: String {
        (try? connection.address.destination())?.endpoint?.address?.host ?? "127.0.0.1"
    }

    /// Where a daemon is looked for without `--transport`.
    private func candidates() throws -> [Endpoint] {
        if let endpoint = try connection.address.destination().endpoint { return [endpoint] }
        let variable = getenv("XDG_RUNTIME_DIR").map { String(cString: $0) }
        do {
            return try LocalEndpoint.candidates(
                userID: getuid(), environment: variable.map { ["XDG_RUNTIME_DIR": $0] } ?? [:])
        } catch {
            throw Failure(.usage, "\(error).")
        }
    }

    private func reachable(_ candidates: [Endpoint], _ kind: String = "daemon") throws -> Endpoint {
        let security = try connection.address.security(for: candidates)
        do throws(BenchError) {
            let first = try Benchmark.firstReachable(
                of: candidates, patience: connection.timeout ?? 5, security: security)
            guard let first else {
                throw BenchError.impossible(
                    "There is no default endpoint for \(kind). Use --connect or --transport URL.")
            }
            return first
        } catch {
            throw Failure(error)
        }
    }
}

extension Sequence {
    /// The first result that is one.
    fileprivate func firstMap<Result>(_ transform: (Element) -> Result?) -> Result? {
        for element in self { if let result = transform(element) { return result } }
        return nil
    }
}

extension Failure {
    /// What an error of a measurement means to somebody who typed a command.
    init(_ error: BenchError) {
        switch error {
        case .cannotConnect, .notSecured: self.init(.notConnected, error.description)
        case .closed: self.init(.notConnected, error.description)
        case .impossible: self.init(.usage, error.description)
        case .overdue:
            self.init(.refused, error.description, advice: "--timeout SECONDS waits longer.")
        case .refused, .wrong: self.init(.refused, error.description)
        }
    }
}

extension AddressOptions {
    /// What the connections with TLS to these endpoints need, by the first of them. A measurement asks no questions: a daemon
    /// that is not known is refused.
    func security(for endpoints: [Endpoint]) throws -> Peer.Security {
        guard let endpoint = endpoints.first(where: \.isSecure), let address = DaemonAddress(endpoint) else {
            return Peer.Security()
        }
        let folder = UserFolder.own
        let plan = TrustPlan(try destination(), at: address, try KnownDaemons(in: folder))
        return try OwnKey(in: folder).security(plan.trust, offersKey: plan.offersKey)
    }
}
