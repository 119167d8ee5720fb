import CSystemd
import Glibc
import Testing

@testable import Systemd

/// Calls and signals over a real bus.
@Suite(.timeLimit(.minutes(1)))
struct SystemBusTests {
    @Test("a call is answered with values")
    func call() async throws {
        let bus = try await PrivateBus.start()
        let names = try await bus.connect().daemon("ListNames")
        #expect(names.first?.strings?.contains("org.freedesktop.DBus") == true)
    }

    @Test("many calls at a time get each its own answer")
    func concurrency() async throws {
        let bus = try await PrivateBus.start()
        let client = bus.connect()
        for index in 0..<50 { try await client.own("com.example.N\(index)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let answer = try await client.daemon("NameHasOwner", .string("com.example.N\(index)"))
                    #expect(answer == [.boolean(index < 50)])
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("an error has its name, its words and a number")
    func error() async throws {
        let bus = try await PrivateBus.start()
        let error = await #expect(throws: DBusError.self) {
            try await bus.connect().daemon("GetNameOwner", .string("com.example.Nobody"))
        }
        #expect(error?.name == "org.freedesktop.DBus.Error.NameHasNoOwner")
        #expect(error?.message.contains("com.example.Nobody") == true)
        #expect(error?.code == ENXIO)
        #expect(error?.isServiceMissing == true)
    }

    @Test("a service that nobody offers is told apart from one that refuses")
    func missing() async throws {
        let bus = try await PrivateBus.start()
        let error = await #expect(throws: DBusError.self) {
            try await bus.connect().property("A", of: "com.example.A", at: "/", destination: "com.example.Nobody")
        }
        #expect(error?.isServiceMissing == true)
        #expect(error?.isAccessDenied == false)
    }

    @Test("properties are read one by one or all at once, without their variants")
    func properties() async throws {
        let bus = try await PrivateBus.start()
        let client = bus.connect()
        let daemon = "org.freedesktop.DBus"
        let all = try await client.properties(of: daemon, at: "/org/freedesktop/DBus", destination: daemon)
        let interfaces = try await client.property(
            "Interfaces", of: daemon, at: "/org/freedesktop/DBus", destination: daemon)
        #expect(interfaces.strings != nil)
        #expect(all["Interfaces"] == interfaces)
    }

    @Test("a signal that another connection causes is heard by whoever listens for it")
    func nameOwnerChanged() async throws {
        let bus = try await PrivateBus.start()
        let listener = bus.connect()
        var signals = try await listener.signals(.nameOwnerChanged("com.example.Clock")).makeAsyncIterator()
        let other = bus.connect()
        try await other.own("com.example.Other")
        try await other.own("com.example.Clock")
        let signal = await signals.next()
        #expect(signal?.member == "NameOwnerChanged")
        #expect(signal?.arguments.first == .string("com.example.Clock"))
    }

    @Test("each listener hears what matches its own rule, and no more")
    func matches() async throws {
        let bus = try await PrivateBus.start()
        let client = bus.connect()
        var ticks = try await client.signals(SignalMatch(member: "Tick")).makeAsyncIterator()
        var below = try await client.signals(SignalMatch(pathNamespace: "/com/example/Clock")).makeAsyncIterator()
        var noon = try await client.signals(SignalMatch(argument0: "noon")).makeAsyncIterator()
        try await bus.emit("Strike", path: "/com/example/ClockTower", "string:one")
        try await bus.emit("Strike", path: "/com/example/Clock/bell", "string:noon")
        try await bus.emit("Tick", path: "/com/example/Clock", "uint32:7")
        #expect(await below.next()?.path == "/com/example/Clock/bell")
        #expect(await below.next()?.arguments == [.uint32(7)])
        #expect(await ticks.next()?.arguments == [.uint32(7)])
        #expect(await noon.next()?.member == "Strike")
    }

    @Test("nobody but the owner of a name speaks in that name")
    func spoofing() async throws {
        let bus = try await PrivateBus.start()
        let client = bus.connect()
        let owner = bus.connect()
        try await owner.own("com.example.Clock")
        var genuine = try await client.signals(SignalMatch(sender: "com.example.Clock")).makeAsyncIterator()
        var any = try await client.signals(SignalMatch(interface: "com.example.Clock")).makeAsyncIterator()

        // Sent to the listener alone: the bus delivers it without looking at its rules.
        try await bus.emit("Tick", to: try await client.uniqueName(), "string:forged")
        #expect(await any.next()?.arguments == [.string("forged")])

        // The genuine one is first in the queue then: the end of the connection is what comes next.
        try await bus.stop()
        #expect(await genuine.next() == nil)
    }

    @Test("signals come from whoever owns the name now")
    func succession() async throws {
        let bus = try await PrivateBus.start()
        let client = bus.connect()
        let name = "org.freedesktop.DBus"
        // The bus itself is a sender whose name is no unique one.
        var signals = try await client.signals(SignalMatch(sender: name, member: "NameOwnerChanged"))
            .makeAsyncIterator()
        let other = bus.connect()
        try await other.own("com.example.Clock")
        while let signal = await signals.next(), signal.arguments.first != .string("com.example.Clock") {}
        try await other.daemon("ReleaseName", .string("com.example.Clock"))
        #expect(await signals.next()?.arguments.last == .string(""))
    }

    @Test("who listens no more costs the bus nothing: its rule is taken away")
    func unlisten() async throws {
        let bus = try await PrivateBus.start()
        let client = bus.connect()
        do {
            let sequence = try await client.signals(SignalMatch(member: "Tick"))
            _ = sequence
        }
        var other = try await client.signals(SignalMatch(member: "Tock")).makeAsyncIterator()
        let gone = await #expect(throws: DBusError.self) {
            try await client.daemon("RemoveMatch", .string(SignalMatch(member: "Tick").rule))
        }
        #expect(gone?.name == "org.freedesktop.DBus.Error.MatchRuleNotFound")
        try await bus.emit("Tock")
        #expect(await other.next() != nil)
    }

    @Test("a rule that the bus does not take is an error")
    func invalidRule() async throws {
        let bus = try await PrivateBus.start()
        let error = await #expect(throws: DBusError.self) {
            _ = try await bus.connect().signals(SignalMatch(path: "no path"))
        }
        #expect(error?.name == "org.freedesktop.DBus.Error.MatchRuleInvalid")
    }

    @Test("who falls too far behind finds the signals ended instead of some missing")
    func overflow() async throws {
        let (sequence, continuation) = SignalSequence.make()
        let signal = Signal(path: "/", interface: "a.b", member: "C")
        var isDropped = false
        for _ in 0...SignalSequence.capacity {
            if case .dropped = continuation.yield(signal) { isDropped = true }
        }
        #expect(isDropped)
        continuation.finish()
        var count = 0
        for await _ in sequence { count += 1 }
        #expect(count == SignalSequence.capacity)
    }

    @Test("nobody who answers in time is an error")
    func timeout() async throws {
        let bus = try await PrivateBus.start()
        let silent = try Silent(at: bus.address)
        let error = await #expect(throws: DBusError.self) {
            try await bus.connect().call(
                MethodCall(
                    destination: silent.name, path: "/", interface: "a.b", member: "C", timeout: .milliseconds(50)))
        }
        #expect(error == .timeout)
    }

    @Test("a cancelled task does not wait for its answer")
    func cancellation() async throws {
        let bus = try await PrivateBus.start()
        let silent = try Silent(at: bus.address)
        let client = bus.connect()
        let task = Task {
            try await client.call(MethodCall(destination: silent.name, path: "/", interface: "a.b", member: "C"))
        }
        // Its call is on the way when a later one is answered.
        try await client.daemon("GetId")
        task.cancel()
        await #expect(throws: DBusError.cancelled) { try await task.value }

        let late = Task {
            while !Task.isCancelled { await Task.yield() }
            try await client.daemon("GetId")
        }
        late.cancel()
        await #expect(throws: DBusError.cancelled) { try await late.value }
    }

    @Test("a cancelled task does not wait for signals")
    func cancelledListener() async throws {
        let bus = try await PrivateBus.start()
        let client = bus.connect()
        let signals = try await client.signals(SignalMatch(member: "Never"))
        let task = Task {
            var count = 0
            for await _ in signals { count += 1 }
            return count
        }
        task.cancel()
        #expect(await task.value == 0)
    }

    @Test("when the bus goes, calls fail and signals end; when it is back, the next use finds it")
    func reconnection() async throws {
        let bus = try await PrivateBus.start()
        let client = bus.connect()
        let silent = try Silent(at: bus.address)
        var signals = try await client.signals(SignalMatch(member: "Tick")).makeAsyncIterator()
        let waiting = Task {
            try await client.call(MethodCall(destination: silent.name, path: "/", interface: "a.b", member: "C"))
        }
        try await client.daemon("GetId")
        try await bus.stop()
        // Its peer is gone as well; whichever the bus told first.
        await #expect(throws: DBusError.self) { try await waiting.value }
        #expect(await signals.next() == nil)
        let error = await #expect(throws: DBusError.self) { try await client.daemon("GetId") }
        #expect(error?.name == nil)

        let second = try await PrivateBus.start(at: bus.address)
        signals = try await client.signals(SignalMatch(member: "Tick")).makeAsyncIterator()
        try await second.emit("Tick")
        #expect(await signals.next() != nil)
    }

    @Test("no bus is an error at once")
    func noBus() async {
        let error = await #expect(throws: DBusError.self) {
            try await SystemBus(address: PrivateBus.fresh()).daemon("GetId")
        }
        #expect(error?.code == ECONNREFUSED)
    }

    @Test("somebody who calls this peer is told that there is nothing")
    func called() async throws {
        let bus = try await PrivateBus.start()
        let offerer = bus.connect()
        let name = try await offerer.uniqueName()
        let error = await #expect(throws: DBusError.self) {
            try await bus.connect().call(MethodCall(destination: name, path: "/x", interface: "a.b", member: "C"))
        }
        #expect(error?.name == "org.freedesktop.DBus.Error.UnknownObject")
    }

    @Test("a bus that is let go of closes its connection")
    func release() async throws {
        let bus = try await PrivateBus.start()
        let observer = bus.connect()
        var gone = try await observer.signals(.nameOwnerChanged("com.example.Brief")).makeAsyncIterator()
        do {
            let brief = bus.connect()
            try await brief.own("com.example.Brief")
        }
        #expect(await gone.next()?.arguments.last != .string(""))
        #expect(await gone.next()?.arguments.last == .string(""))
    }
}

/// A peer that owns a name and answers nobody.
private final class Silent {
    let name = "com.example.Silent"
    private let conversation: OpaquePointer

    init(at address: String) throws {
        var bus: OpaquePointer?
        try #require(sd_bus_new(&bus) >= 0)
        conversation = try #require(bus)
        try #require(sd_bus_set_address(conversation, address) >= 0)
        try #require(sd_bus_set_bus_client(conversation, 1) >= 0)
        try #require(sd_bus_start(conversation) >= 0)
        try #require(sd_bus_request_name(conversation, name, 0) >= 0)
    }

    deinit { sd_bus_close_unref(conversation) }
}
