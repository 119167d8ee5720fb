import JSONText
import JetBus
import JetProtocol
import Moments
import NIOCore
import NIOHTTP1

/// One request for `/metrics` (jetd(8), HTTP): find out who asks, read the States as that peer, write the text.
final class MetricsExchange: PeerExchange {
    /// The name of its peers.
    static let peerName = "metrics"
    /// The group, for fetching, whose members may read metrics from everywhere.
    static let group = "metrics"
    /// How many requests may be worked on. An account may have half of what the others leave.
    static let limit = 4
    /// From how many bytes of results on no further rule is asked for.
    private static let resultLimit = 32 << 20

    let hub: Hub
    let answer: HTTPAnswer
    private let format: MetricsText.Format
    private(set) var headers: [(name: String, value: String)] = []
    var peer: PeerWithoutSocket?
    /// The account for which it is counted.
    private var counted: AccountName?
    /// The results so far, one for each rule.
    private var results: [ByteBuffer] = []
    /// How many rules the bus has refused.
    private var failedRules = 0

    private init(_ request: HTTPRequest, _ answer: HTTPAnswer, _ hub: Hub) {
        self.answer = answer
        self.hub = hub
        format = MetricsText.Format(accept: request.headers["accept"])
    }

    static func handle(_ request: HTTPRequest, _ answer: HTTPAnswer, _ hub: Hub) {
        guard hub.metrics.isEnabled else {
            return answer.send(.text(.notFound, "metrics are turned off, see [metrics] in jetd.toml(5)"))
        }
        let exchange = MetricsExchange(request, answer, hub)
        do throws(APIError) {
            exchange.headers = try PageRule(request, hub.origins).headers
            try exchange.begin(request)
        } catch {
            exchange.fail(error)
        }
    }

    private func begin(_ request: HTTPRequest) throws(APIError) {
        let credentials = try BasicCredentials(in: request.headers)
        try connect(request.identity, name: Self.peerName, credentials) { self.authorize($0) }
    }

    private func authorize(_ peer: PeerWithoutSocket) {
        let groups = peer.user.flatMap { hub.authenticator.groups(of: $0) }
        let isOperator = groups?.call.contains(ProtocolLimits.operatorGroup) == true
        let isMember = groups?.fetch.contains(Self.group) == true
        guard isOperator || isMember || hub.metrics.networks.contains(where: { $0.contains(peer.identity) }) else {
            guard peer.user != nil else { return fail(APIError(.loginRequired)) }
            return fail(APIError(.invalidParams(.noAccess, Array("\"metrics\"".utf8))))
        }
        guard admit(peer.identity.account) else {
            headers.append(("Retry-After", "5"))
            return fail(
                .request(.serviceUnavailable, "Other requests for metrics are being answered; try again later."))
        }
        collect(hub.metrics.rules[...], peer, seesAccounts: isOperator)
    }

    /// Counts the request, if there is room for it. Those who may not read metrics are not counted, so they, and wrong
    /// passwords, keep no other client from it.
    private func admit(_ account: AccountName) -> Bool {
        let own = hub.metricsInProgress[account] ?? 0
        let others = hub.metricsInProgress.values.reduce(0, +) - own
        guard own < (Self.limit - others + 1) / 2 else { return false }
        hub.metricsInProgress[account] = own + 1
        counted = account
        return true
    }

    /// Reads the States of one rule after the other. Each is a request of the bus, which takes as many turns as it needs.
    private func collect(
        _ rules: ArraySlice<MetricsConfiguration.StateRule>, _ peer: PeerWithoutSocket, seesAccounts: Bool
    ) {
        let size = results.reduce(0) { $0 + $1.readableBytes }
        guard let rule = rules.first, size <= Self.resultLimit else {
            failedRules += rules.count
            return write(seesAccounts: seesAccounts)
        }
        peer.ask(rule.message) { answer in
            if !answer.isError {
                self.results.append(answer.value)
            } else if APIError(text: answer.valueBytes, isRouted: false).status != .unauthorized {
                // Strangers may not read States, if [remote] anonymous says so.
                self.failedRules += 1
            }
            self.collect(rules.dropFirst(), peer, seesAccounts: seesAccounts)
        }
    }

    /// Writes the text on another thread: thousands of States take longer than the bus should wait.
    private func write(seesAccounts: Bool) {
        let page = MetricsPage(figures: hub.metricsFigures(withAccounts: seesAccounts), failedRules: failedRules)
        let (format, results) = (format, results)
        self.results = []
        hub.eventLoop.makeFutureWithTask {
            var page = page
            page.results = results.map { Array($0.readableBytesView) }
            return page.text(in: format)
        }.assumeIsolated().whenComplete { result in
            guard case .success(let text) = result else { return }
            self.respond(HTTPResponse(.ok, type: format.type, body: ByteBuffer(bytes: text), headers: self.headers))
        }
    }

    func end() {
        peer?.end()
        peer = nil
        if let counted {
            let count = (hub.metricsInProgress[counted] ?? 1) - 1
            hub.metricsInProgress[counted] = count > 0 ? count : nil
        }
        counted = nil
    }
}

/// What a page of metrics is made of.
struct MetricsPage: Sendable {
    var figures = MetricsFigures()
    /// The results of `get`, one for each rule.
    var results: [[UInt8]] = []
    var failedRules = 0

    /// The text of the page.
    func text(in format: MetricsText.Format) -> [UInt8] {
        var text = MetricsText(format)
        figures.write(to: &text)
        var series = StateSeries()
        for result in results { series.add(result) }
        series.write(to: &text)
        text.family("jet_metrics_failed_rules", .gauge, help: "Rules for States that this response leaves out.")
        text.sample("\(failedRules)")
        text.family("jet_metrics_left_out_series", .gauge, help: "Series of States that this response leaves out.")
        text.sample("\(series.leftOut)")
        text.end()
        return text.bytes
    }
}

extension MetricsConfiguration.StateRule {
    /// The request `get` for the States.
    fileprivate var message: [UInt8] {
        var path: JSON.Object = [:]
        path["equals"] = equals.map(JSON.string)
        path["startsWith"] = startsWith.map(JSON.string)
        path["endsWith"] = endsWith.map(JSON.string)
        path["contains"] = contains.map(JSON.string)
        return (["id": 1, "method": "get", "params": ["path": .object(path)]] as JSON).text
    }
}

extension Hub {
    /// The figures of the daemon.
    fileprivate func metricsFigures(withAccounts: Bool) -> MetricsFigures {
        var figures = MetricsFigures(name: name, version: version)
        figures.startTime = Double(startTime.microseconds) / 1e6
        figures.statistics = bus.statistics
        // Without the peer of this request.
        figures.statistics.peers -= 1
        figures.counts = bus.counts
        if withAccounts { figures.accounts = bus.accountFigures }
        return figures
    }
}

extension HTTPRoutes {
    /// `/metrics`.
    mutating func addMetrics() {
        add("/metrics", HTTPRoute { request, answer, hub in MetricsExchange.handle(request, answer, hub) })
    }
}
