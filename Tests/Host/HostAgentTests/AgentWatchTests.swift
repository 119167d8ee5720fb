import JSONText
import JetProtocol
import Synchronization
import Testing

@testable import AgentCore
@testable import Providers

/// The watch on the agent: what keeps it from saying that the agent is alive, and what does not.
@Suite(.timeLimit(.minutes(1)))
struct AgentWatchTests {
    @Test("while its work goes round and the daemon answers, each beat says so")
    func alive() async {
        let findings = await watch(beats: 5)
        #expect(findings == Array(repeating: .init(isAlive: true, daemonAnswers: true), count: 5))
    }

    @Test("publishing that does not go round although the daemon answers is no life")
    func stuck() async {
        let findings = await watch(round: .hanging, beats: 3)
        #expect(findings == Array(repeating: .init(isAlive: false, daemonAnswers: true), count: 3))
    }

    @Test("a daemon that does not answer, fails to or is away may keep the publishing waiting")
    func waiting() async {
        for (echo, isConnected) in [(Course.hanging, true), (.failing, true), (.failing, false), (.done, false)] {
            let findings = await watch(round: .hanging, echo: echo, isConnected: isConnected, beats: 3)
            #expect(findings == Array(repeating: .init(isAlive: true, daemonAnswers: false), count: 3))
        }
    }

    @Test("while the connection's event loop hangs nothing is said")
    func loop() async {
        let findings = Findings()
        await withTaskGroup { group in
            group.addTask {
                await Self.make(.done, .done, true, turn: { await Course.hang() }).run(every: .milliseconds(1)) {
                    findings.note($0)
                }
            }
            try? await Task.sleep(for: .milliseconds(100))
            group.cancelAll()
            // It ends by the cancellation, which ends the hanging, too.
            _ = await group.next()
        }
        #expect(findings.all.count <= 1)
    }

    @Test("a round is over when all that was reported before it is published, and not before")
    func round() async {
        let reports = Reports()
        reports.put([Reading("a", 1, Metadata(datatype: .integer))], of: "x")
        let round = Task { await reports.goRound() }
        let isOver = Findings()
        let waiting = Task {
            await round.value
            isOver.note(.init(isAlive: true, daemonAnswers: true))
        }
        #expect(await reports.wait())
        _ = reports.take()
        // What was taken is not published yet, so nothing is over, whether the round was taken with it or not.
        await Task.yield()
        #expect(isOver.all.isEmpty)
        while isOver.all.isEmpty {
            reports.endRound()
            _ = reports.take()
            await Task.yield()
        }
        await waiting.value
    }

    /// How an errand goes.
    private enum Course {
        case done, failing, hanging

        func run() async -> Bool {
            if self == .hanging { await Self.hang() }
            return self != .failing
        }

        static func hang() async { try? await Task.sleep(for: .seconds(3600)) }
    }

    private static func make(
        _ round: Course, _ echo: Course, _ isConnected: Bool, turn: @escaping @Sendable () async -> Void = {}
    ) -> AgentWatch {
        AgentWatch(round: { await round.run() }, echo: { await echo.run() }, isConnected: { isConnected }, turn: turn)
    }

    /// What beats find when all that can be done between them is done.
    private func watch(
        round: Course = .done, echo: Course = .done, isConnected: Bool = true, beats: Int
    ) async -> [AgentWatch.Finding] {
        let findings = Findings()
        let watch = Self.make(round, echo, isConnected)
        await withTaskGroup { group in
            group.addTask {
                await watch.run(every: .milliseconds(1)) { finding in
                    findings.note(finding)
                    while round != .hanging && watch.round.isUnderWay || echo != .hanging && watch.echo.isUnderWay {
                        await Task.yield()
                    }
                }
            }
            // The first beat may have come too soon.
            while findings.all.count < beats + 1 { try? await Task.sleep(for: .milliseconds(5)) }
            group.cancelAll()
        }
        return Array(findings.all.dropFirst().prefix(beats))
    }
}

/// What was found so far.
private final class Findings: Sendable {
    private let list = Mutex<[AgentWatch.Finding]>([])
    var all: [AgentWatch.Finding] { list.withLock { $0 } }
    func note(_ finding: AgentWatch.Finding) { list.withLock { $0.append(finding) } }
}
