import JetProtocol

/// The *honest peers* beside an attacker: one that sends echoes at a steady pace, an owner of a State with a caller that
/// sets it, and what is tried on fresh connections. What they experience is the result of `jet bench hostile`.
final class HonestPair {
    /// The number of echoes, and of sets, per second.
    static var echoesPerSecond: Double { 200 }
    static var setsPerSecond: Double { 100 }

    let loop: LoadLoop
    let echo = Conversation("echo")
    let set = SetConversation("set")
    let probes: [Probe]
    private let owner: SetOwner
    private let path: String
    private let endpoint: Endpoint
    private let echoLink: Link
    private let setLink: Link

    /// Connects them and adds the State.
    init(_ door: Door, probes: [Probe.Kind], naming: Naming, patience: Double) throws(BenchError) {
        let loop = try LoadLoop(patience: patience, security: door.security)
        self.loop = loop
        endpoint = door.unix
        path = naming.prefix + "honest"
        owner = SetOwner(path: path)
        self.probes = probes.map { Probe($0, door, on: loop) }
        let counter = ResponseCounter()
        let ownerLink = try door.connect(.honest, on: loop, listener: counter)
        echoLink = try door.connect(.honest, on: loop, listener: echo)
        setLink = try door.connect(.honest, on: loop, listener: counter)
        ownerLink.send(
            #"{"id":1000000000,"method":"add","params":{"path":"\#(path)","value":0}}"#)
        try loop.run(overdue: { "the answer to 'add'" }) { counter.count == 1 }
        ownerLink.listener = owner
        setLink.listener = Waiting()
        setLink.send(#"{"id":1,"method":"fetch","params":{"id":"h","path":{"equals":"\#(path)"}}}"#)
        try loop.run(overdue: { "the snapshot of the honest peer" }) { (setLink.listener as? Waiting)?.count == 2 }
        setLink.listener = set
    }

    /// The daemon's process, if it can be found.
    var daemon: DaemonProcess? { DaemonProcess.serving(echoLink.descriptor, at: endpoint) }

    /// Talks until `isOver`, once at least, and then until everything is answered or `deadline` has passed.
    ///
    /// - Parameter observe: Called about four times a second; returning false ends the measurement.
    func talk(
        until isOver: () -> Bool, deadline: UInt64, observe: () -> Bool
    ) throws(BenchError) {
        let start = Clock.now
        var (nextEcho, nextSet, nextLook) = (start, start, start)
        try loop.run(patience: .infinity, idle: 1, overdue: { "" }) {
            let now = Clock.now
            let mayStart = !isOver()
            if now >= nextLook {
                guard observe() else { return true }
                nextLook = now + 250_000_000
            }
            if mayStart || echo.sent == 0, now >= nextEcho {
                let id = echo.nextID()
                echoLink.send(#"{"id":\#(id),"method":"echo","params":\#(id)}"#)
                nextEcho = max(nextEcho + UInt64(1e9 / Self.echoesPerSecond), now)
            }
            if mayStart || set.sent == 0, now >= nextSet {
                let id = set.nextID()
                // The timeout is the measurement's: how long a set takes is what is asked.
                setLink.send(
                    #"{"id":\#(id),"method":"set","params":{"path":"\#(path)","value":\#(id),"timeout":3600}}"#)
                nextSet = max(nextSet + UInt64(1e9 / Self.setsPerSecond), now)
            }
            for probe in probes { probe.turn(at: now, mayStart: mayStart || !probe.hasTried) }
            if now >= deadline || hasFailed { return true }
            return !mayStart && isComplete
        }
        let now = Clock.now
        echo.end(at: now)
        set.end(at: now)
        for probe in probes { probe.end(at: now) }
    }

    /// Whether a connection is gone, without which nothing can be measured.
    private var hasFailed: Bool { echoLink.descriptor < 0 || setLink.descriptor < 0 }

    private var isComplete: Bool {
        echo.isComplete && set.isComplete && probes.allSatisfy { $0.hasTried && !$0.isWaiting }
            && (set.sent == 0 || set.lastValue == Naming.base + set.sent - 1)
    }

    /// What went wrong, a sentence each.
    var problems: [String] {
        var problems = [echo.problem, set.problem, owner.problem].compactMap(\.self) + probes.compactMap(\.problem)
        if problems.isEmpty, set.sent > 0, set.lastValue != Naming.base + set.sent - 1 {
            problems.append("the last value of the honest State was not notified")
        }
        return problems
    }

    /// Counts messages.
    private final class Waiting: Listener {
        var count = 0

        override func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {
            count += 1
        }
    }
}
