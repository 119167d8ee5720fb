import CSystemd
import Testing

@testable import Systemd

/// Values as the bus carries them.
struct DBusValueTests {
    @Test(
        "every type comes back as it was sent",
        arguments: [
            .boolean(true), .byte(255), .int16(-2), .uint16(65535), .int32(.min), .uint32(.max), .int64(.min),
            .uint64(.max), .double(-0.5), .string("Grüße"), .string(""), .objectPath("/com/example"),
            .signature("a{sv}"), .strings([]), .strings(["a", "b"]), .array(element: "ay", [.array(element: "y", [])]),
            .structure([.string("x"), .structure([.byte(1), .boolean(false)])]),
            .variant(.variant(.int32(7))), .dictionary(["MTU": .uint32(1500), "Name": .string("eth0")]),
            .array(element: "{ias}", [.dictionaryEntry(.int32(1), .strings(["one"]))]),
            .array(element: "(uo)", [.structure([.uint32(1), .objectPath("/")])]),
        ] as [DBusValue])
    func roundTrip(_ value: DBusValue) async throws {
        #expect(try await read([value, .string("end")]) == [value, .string("end")])
    }

    @Test("a string with a NUL is refused, since D-Bus has no such strings")
    func nul() async throws {
        let error = await #expect(throws: DBusError.self) { try await read([.string("a\0b")]) }
        #expect(error?.message == "a D-Bus string must not contain NUL")
    }

    @Test("an object path that is none is refused")
    func invalidPath() async throws {
        await #expect(throws: DBusError.self) { try await read([.objectPath("no path")]) }
    }

    @Test("values that are nested too deeply are refused")
    func depth() async throws {
        var value = DBusValue.int32(1)
        for _ in 0..<1000 { value = .variant(value) }
        await #expect(throws: DBusError.self) { try await read([value]) }
    }

    @Test("an array whose values are of another type than it says is refused")
    func mixed() async throws {
        await #expect(throws: DBusError.self) { try await read([.array(element: "s", [.int32(1)])]) }
    }

    @Test("accessors see through variants and fit integers of any width")
    func accessors() {
        #expect(DBusValue.variant(.variant(.uint16(7))).int == 7)
        #expect(DBusValue.uint64(.max).int == nil)
        #expect(DBusValue.uint64(.max).uint64 == .max)
        #expect(DBusValue.int32(-1).uint64 == nil)
        #expect(DBusValue.variant(.boolean(true)).bool == true)
        #expect(DBusValue.byte(3).double == 3)
        #expect(DBusValue.objectPath("/a").string == "/a")
        #expect(DBusValue.variant(.strings(["a"])).strings == ["a"])
        #expect(DBusValue.array(element: "v", [.variant(.int32(1))]).strings == nil)
        #expect(DBusValue.dictionary(["a": .int32(1)]).dictionary == ["a": .int32(1)])
        #expect(DBusValue.strings([]).dictionary == nil)
    }

    @Test("a match rule quotes what it is given")
    func rule() {
        let match = SignalMatch(sender: "a.b", pathNamespace: "/c", member: "D", argument0: "it's")
        #expect(
            match.rule
                == #"type='signal',sender='a.b',path_namespace='/c',member='D',arg0='it'\''s'"#)
    }

    /// Writes values into a message and reads them back.
    private func read(_ values: [DBusValue]) async throws -> [DBusValue] {
        let bus = try await PrivateBus.start()
        let conversation = try Conversation.open(bus.address)
        let message = try Message.make(
            MethodCall(destination: "a.b", path: "/", interface: "a.b", member: "C", arguments: values),
            on: conversation.bus)
        #expect(sd_bus_message_seal(message.pointer, 1, 0) >= 0)
        return try message.values()
    }
}
