import JSONText
import JetProtocol

@testable import JetBus

/// A bus and the naive model, to which the same happens, step by step.
///
/// Peers that keep up must get exactly what the model says, in the same order, but for what the protocol leaves open:
/// between the adds of one snapshot, and between notifications of different fetches that lie side by side. For slow
/// peers that holds of responses and routed requests; their notifications are judged by a `Witness`.
struct Comparison {
    private let bus: TestBus
    private var model = Model()
    private var scenario: Scenario
    private var peers: [Int: TestPeer] = [:]
    private var witnesses: [Int: Witness] = [:]
    /// Responses and routed requests that peers have still to read; those of one list may come in any order.
    private var awaited: [Int: [[Model.Message]]] = [:]

    /// A message that came, and the id it has if it was routed.
    private typealias Received = (message: Model.Message, id: JSON?)

    init(seed: UInt64, hasSlowPeers: Bool) {
        scenario = Scenario(seed: seed, hasSlowPeers: hasSlowPeers)
        bus = TestBus {
            $0.seed = seed
            guard hasSlowPeers else { return }
            $0.outboxLimit = Scenario.outboxLimit
            $0.snapshotChunk = 150
        }
    }

    /// Lets things happen.
    ///
    /// - Returns: The first difference, and the step at which it showed.
    mutating func run(steps: Int) -> String? {
        for number in 0..<steps {
            let bus = bus.bus
            let ids = peers.mapValues(\.id)
            let step = scenario.next(model) { ids[$0].flatMap(bus.peer)?.outbox.count ?? 0 }
            if let difference = take(step) ?? compareCounts() { return "step \(number): \(step): \(difference)" }
        }
        for (number, peer) in peers where !peer.isReading {
            peer.readAll()
            if let difference = compareReplies(number, peer) ?? compareKnowledge(number) {
                return "in the end, peer \(number): \(difference)"
            }
        }
        return nil
    }

    private mutating func take(_ step: Step) -> String? {
        model.now = bus.now
        var isLoose = false
        switch step {
        case .connect(let number, let peer, let isSlow):
            model.connect(number, peer)
            let groups = Groups(fetch: peer.fetchGroups, set: peer.setGroups, call: peer.callGroups)
            peers[number] = bus.connect(groups: groups)
            peers[number]?.isReading = !isSlow
            witnesses[number] = Witness(keepsUp: !scenario.hasSlowPeers)
        case .disconnect(let number):
            model.disconnect(number)
            peers.removeValue(forKey: number)?.disconnect()
            awaited[number] = nil
            isLoose = true
        case .send(let number, let message):
            model.receive(message, from: number)
            witnesses[number]?.send(message)
            peers[number]?.send(message)
        case .read(let number, let all):
            if all { peers[number]?.readAll() } else { peers[number]?.read() }
            return peers[number].flatMap { compareReplies(number, $0) } ?? (all ? compareKnowledge(number) : nil)
        case .pass(let seconds):
            bus.pass(seconds: seconds)
            model.now = bus.now
            model.expire()
            isLoose = true
        }
        // In an order that is the same in every run.
        for (number, peer) in peers.sorted(by: { $0.key < $1.key }) {
            let expected = model.outgoing.removeValue(forKey: number) ?? []
            var difference: String?
            if scenario.hasSlowPeers {
                expect(expected, by: number, isLoose)
                difference = compareReplies(number, peer)
            } else {
                difference = compare(expected, by: number, peer, isLoose)
            }
            if difference == nil, peer.isReading { difference = compareKnowledge(number) }
            if let difference { return "peer \(number): \(difference)" }
        }
        return nil
    }

    private func compareCounts() -> String? {
        let statistics = bus.statistics
        let expected = [
            model.peers.count, model.elements.count, model.pending.count,
            model.peers.values.map(\.fetches.count).reduce(0, +),
            model.droppedAnswers,
        ]
        let actual = [
            statistics.peers, statistics.elements, statistics.pendingRequests, statistics.fetchers,
            Int(statistics.droppedAnswers),
        ]
        return actual == expected ? nil : "counts \(actual) instead of \(expected)"
    }

    private func received(by peer: TestPeer) -> [Received] {
        peer.received().map { message in
            guard let method = message["method"] else { return (.response(message), nil) }
            if let params = message["params"], params["event"] != nil || params["n"] != nil {
                return (.notification(fetch: method, params: params), nil)
            }
            return (.routed(message.without("id"), number: nil), message["id"])
        }
    }

    // MARK: Peers that keep up

    private mutating func compare(
        _ expected: [Model.Message], by number: Int, _ peer: TestPeer, _ isLoose: Bool
    ) -> String? {
        let received = received(by: peer)
        for one in received {
            if let problem = witnesses[number]?.read(one.message) { return "\(problem): \(one)" }
        }
        let expected = canonical(expected.map { ($0, nil) }, isLoose)
        let actual = canonical(received.filter { !isWindow($0.message) }, isLoose)
        for (one, other) in zip(expected, actual) {
            guard same(one.message, other) else { return "got \(other) instead of \(one.message)" }
        }
        guard expected.count <= actual.count else { return "did not get \(expected[actual.count].message)" }
        guard expected.count >= actual.count else { return "got \(actual[expected.count]), too" }
        return nil
    }

    /// Whether a message is the expected one; if it is a routed request, its id is noted.
    private mutating func same(_ expected: Model.Message, _ actual: Received) -> Bool {
        guard case .routed(let request, let number) = expected, case .routed(let other, _) = actual.message else {
            return expected == actual.message
        }
        if let number { model.routedIDs[number] = actual.id }
        return request == other && (number == nil) == (actual.id == nil)
    }

    /// The messages in an order that says nothing of what the protocol leaves open.
    private func canonical(_ messages: [Received], _ isLoose: Bool) -> [Received] {
        var result: [Received] = []
        var run: [(fetch: String, place: Int, path: String, Received)] = []
        /// For each fetch, how many of its notifications in this run are no adds.
        var others: [String: Int] = [:]
        func endRun() {
            result += run.sorted { ($0.fetch, $0.place, $0.path) < ($1.fetch, $1.place, $1.path) }.map(\.3)
            run = []
            others = [:]
        }
        var messages = messages
        if isLoose {
            func isResponse(_ received: Received) -> Bool {
                if case .response = received.message { true } else { false }
            }
            messages =
                messages.filter(isResponse).sorted { "\($0.message)" < "\($1.message)" }
                + messages.filter { !isResponse($0) }
        }
        for received in messages {
            guard case .notification(let fetch, let params) = received.message else {
                endRun()
                result.append(sortedEntries(received))
                continue
            }
            // Adds that follow each other in one fetch are at one place.
            let fetchID = fetch.description
            let isAdd = params["event"] == "add"
            if !isAdd { others[fetchID, default: 0] += 1 }
            let place = 2 * others[fetchID, default: 0] + (isAdd ? 1 : 0)
            run.append((fetchID, place, isAdd ? params["path"]?.string ?? "" : "", received))
        }
        endRun()
        return result
    }

    /// A get's answer with its entries in the order of their texts.
    private func sortedEntries(_ received: Received) -> Received {
        guard case .response(let response) = received.message, var object = response.object,
            let entries = object["result"]?.array
        else { return received }
        object["result"] = .array(entries.sorted { $0.description < $1.description })
        return (.response(.object(object)), nil)
    }

    // MARK: Slow peers

    private mutating func expect(_ messages: [Model.Message], by peer: Int, _ isLoose: Bool) {
        let replies = messages.filter { if case .notification = $0 { false } else { true } }
            .map { sortedEntries(($0, nil)).message }
        awaited[peer, default: []] += isLoose ? [replies] : replies.map { [$0] }
        awaited[peer]?.removeAll(where: \.isEmpty)
    }

    /// Whether the responses and routed requests that a peer has read are those it waits for.
    private mutating func compareReplies(_ number: Int, _ peer: TestPeer) -> String? {
        guard !peer.isClosing else { return "was closed" }
        for received in received(by: peer) {
            if let problem = witnesses[number]?.read(received.message) { return "\(problem): \(received)" }
            if case .notification = received.message { continue }
            let reply = sortedEntries(received)
            let first = awaited[number]?.first ?? []
            guard let index = first.firstIndex(where: { same($0, reply) }) else {
                return "got \(reply) instead of \(first)"
            }
            awaited[number]?[0].remove(at: index)
            if first.count == 1 { awaited[number]?.removeFirst() }
        }
        return nil
    }

    /// Whether a peer that has read everything knows the truth.
    private func compareKnowledge(_ number: Int) -> String? {
        if let missing = awaited[number]?.first { return "did not get \(missing)" }
        for fetch in model.peers[number]?.fetches ?? [] {
            if fetch.isSorted {
                let truth = model.window(of: fetch.rule, for: number)
                let known = witnesses[number]?.windows[fetch.id] ?? nil
                guard known == truth else { return "knows of \(fetch.rule) \(known ?? []) instead of \(truth)" }
            } else {
                let truth = model.truth(of: fetch, for: number)
                let known = witnesses[number]?.known[fetch.id]
                guard known == truth else { return "knows of \(fetch.rule) \(known ?? [:]) instead of \(truth)" }
            }
        }
        return nil
    }

    private func isWindow(_ message: Model.Message) -> Bool {
        if case .notification(_, let params) = message { params["n"] != nil } else { false }
    }
}
