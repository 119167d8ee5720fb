import JSONText
import JetProtocol
import TestSupport

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
    /// Who writes MessagePack.
    private var packing: Set<Int> = []
    /// The questions of the bus, by the numbers of the model's.
    private var questions: [Int: Bus.AuthenticationRequest] = [:]
    private var stepNumber = 0

    /// A message that came, and the id it has if it was routed.
    private typealias Received = (message: Model.Message, id: JSON?)

    init(seed: UInt64, hasSlowPeers: Bool) {
        scenario = Scenario(seed: seed, hasSlowPeers: hasSlowPeers)
        bus = TestBus {
            $0.seed = seed
            $0.hasUsers = true
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
            stepNumber = number
            let bus = bus.bus
            let ids = peers.mapValues(\.id)
            let closing = peers.filter { $0.value.isClosing }.keys.min()
            let step = scenario.next(model, closing: closing) { ids[$0].flatMap(bus.peer)?.output.count ?? 0 }
            if let difference = take(step) ?? compareQuestions() ?? compareCounts() ?? compareEnds()
                ?? self.bus.recount()
            {
                return "step \(number): \(step): \(difference)"
            }
        }
        for (number, peer) in peers where !peer.isReading {
            peer.readAll()
            if let difference = compareReplies(number, peer) ?? compareKnowledge(number) {
                return "in the end, peer \(number): \(difference)"
            }
        }
        return compareAfterAllHaveLeft()
    }

    /// Whether nothing is charged when all peers have left.
    private mutating func compareAfterAllHaveLeft() -> String? {
        for (_, peer) in peers { peer.disconnect() }
        for (_, question) in questions { bus.bus.answer(question, with: .unknownUser, at: bus.now) }
        let used = bus.bus.accounts.used
        var names: [AccountName] = []
        bus.bus.accounts.forEach { names.append($0.name) }
        return used == Quotas(all: 0) && names.isEmpty ? nil : "\(used) is charged in the end to \(names)"
    }

    private mutating func take(_ step: Step) -> String? {
        model.now = bus.now
        var isLoose = false
        switch step {
        case .connect(let number, let peer, let isSlow):
            model.connect(number, peer)
            let groups = Groups(fetch: peer.fetchGroups, set: peer.setGroups, call: peer.callGroups)
            let permission: Permission = !peer.isStranger ? .all : peer.mayRead ? .read : .none
            peers[number] = bus.connect(groups: groups, permission: permission)
            peers[number]?.isReading = !isSlow
            witnesses[number] = Witness(keepsUp: !scenario.hasSlowPeers)
        case .disconnect(let number):
            if let difference = peers[number].flatMap({ compareLastWords(number, $0) }) { return difference }
            model.disconnect(number)
            peers.removeValue(forKey: number)?.disconnect()
            awaited[number] = nil
            packing.remove(number)
            isLoose = true
        case .endInput(let number):
            model.peers[number]?.hasEndedInput = true
            if let id = peers[number]?.id { bus.bus.endInput(of: id) }
            bus.deliver()
        case .send(let number, let message):
            model.receive(message, from: number)
            witnesses[number]?.send(message)
            send(message, by: number)
        case .judge(let question, let verdict):
            model.judge(question, verdict)
            answer(question, verdict)
        case .read(let number, let all):
            if all { peers[number]?.readAll() } else { peers[number]?.read() }
            // Closed by that: the rest of its outbox is written yet.
            if peers[number]?.isClosing == true { peers[number]?.read() }
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
            // What a peer that keeps up is told is compared word for word: what it knows, now and then.
            if difference == nil, peer.isReading, stepNumber % 8 == 0 { difference = compareKnowledge(number) }
            if let difference { return "peer \(number): \(difference)" }
        }
        return nil
    }

    /// A peer sends a message, in the encoding that it has asked for last.
    private mutating func send(_ message: JSON, by number: Int) {
        if packing.contains(number) {
            peers[number]?.send(bytes: PlainMessagePack.pack(message))
        } else {
            peers[number]?.send(message)
        }
        for message in message.array ?? [message] where message["method"] == "config" {
            if message["params"]?["encoding"] == "msgpack" { packing.insert(number) }
            if message["params"]?["encoding"] == "json" { packing.remove(number) }
        }
    }

    private mutating func answer(_ question: Model.Question, _ verdict: Model.Verdict) {
        guard let asked = questions.removeValue(forKey: question.number) else { return }
        let answer: Bus.AuthenticationResult =
            switch verdict {
            case .yes where question.changedBy != nil: .changed
            case .yes(let groups): .granted(Groups(fetch: groups.fetch, set: groups.set, call: groups.call))
            case .unknownUser: .unknownUser
            case .wrongPassword: .wrongPassword
            case .forbidden: .forbidden
            case .failed(let reason): .failed(reason)
            }
        bus.bus.answer(asked, with: answer, at: bus.now)
        bus.deliver()
    }

    /// Whether the bus asks what it should.
    private mutating func compareQuestions() -> String? {
        let new = model.questions.filter { questions[$0.number] == nil }
        let asked = bus.bus.takeAuthenticationRequests()
        guard new.count == asked.count else { return "\(asked.count) questions instead of \(new)" }
        for (expected, question) in zip(new, asked) {
            let kind: Bus.AuthenticationRequest.Kind =
                expected.changedBy.map { .passwordChange(by: $0) } ?? .authentication
            let password = question.password.withBytes { String(decoding: $0, as: UTF8.self) }
            guard question.kind == kind, question.user == expected.user, password == expected.password,
                question.peer == peers[expected.peer]?.id
            else { return "a question about \(question.user) instead of \(expected)" }
            questions[expected.number] = question
        }
        return nil
    }

    private func compareCounts() -> String? {
        let statistics = bus.statistics
        let expected = [
            model.peers.count, model.elements.count, model.pending.count,
            model.peers.values.map(\.fetches.count).reduce(0, +),
            model.droppedAnswers, model.questions.count,
        ]
        let actual = [
            statistics.peers, statistics.elements, statistics.pendingRequests, statistics.fetchers,
            Int(statistics.droppedAnswers), bus.bus.authenticator.openCount,
        ]
        return actual == expected ? nil : "counts \(actual) instead of \(expected)"
    }

    /// Whether those are closed, and only those, that have said their last word and are owed nothing.
    private func compareEnds() -> String? {
        for (number, peer) in peers {
            let isServed = model.isServed(number)
            if peer.isClosing && !isServed { return "peer \(number) is closed too early" }
            if isServed && !peer.isClosing && !scenario.hasSlowPeers { return "peer \(number) is not closed" }
        }
        return nil
    }

    /// Whether a peer that is closed because it wanted to has got all its answers.
    private mutating func compareLastWords(_ number: Int, _ peer: TestPeer) -> String? {
        guard peer.isClosing, scenario.hasSlowPeers else { return nil }
        peer.read()
        return compareReplies(number, peer) ?? awaited[number]?.first.map { "was closed without \($0)" }
    }

    private func received(by peer: TestPeer) -> [Received] {
        peer.receivedBytes().map { bytes in
            // No message in MessagePack begins with a brace.
            let isPacked = bytes.first != UInt8(ascii: "{")
            let message = (isPacked ? PlainMessagePack.unpack(bytes) : try? JSON(parsing: bytes)) ?? "unreadable"
            guard let method = message["method"] else { return (.response(reduced(message)), nil) }
            if let params = message["params"], params["event"] != nil || params["n"] != nil {
                return (.notification(fetch: method, params: params), nil)
            }
            return (.routed(message.without("id"), number: nil), message["id"])
        }
    }

    /// The result of `info` without what the model does not know.
    private func reduced(_ response: JSON) -> JSON {
        guard let elements = response["result"]?["statistics"]?["elements"], var object = response.object else {
            return response
        }
        object["result"] = ["elements": elements]
        return .object(object)
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
        let actual = canonical(received, isLoose)
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
        guard !peer.isClosing || model.peers[number]?.hasEndedInput == true else { return "was closed" }
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
        // Who has got what it waited for, and nothing more to say, is told no more.
        if scenario.hasSlowPeers, peers[number]?.isClosing == true { return nil }
        for fetch in model.peers[number]?.fetches ?? [] {
            if fetch.isSorted {
                let truth = model.window(of: fetch.rule, for: number)
                let known = witnesses[number]?.windows[fetch.id] ?? nil
                guard known == truth else { return "knows of \(fetch.params) \(known ?? []) instead of \(truth)" }
                let total = model.total(of: fetch.rule, for: number)
                let knownTotal = witnesses[number]?.totals[fetch.id]
                guard knownTotal == total else { return "knows of \(fetch.params) the total \(knownTotal ?? -1)" }
            } else {
                let truth = model.truth(of: fetch, for: number)
                let known = witnesses[number]?.known[fetch.id]
                guard known == truth else { return "knows of \(fetch.params) \(known ?? [:]) instead of \(truth)" }
            }
        }
        return nil
    }
}
