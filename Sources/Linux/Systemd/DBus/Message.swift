internal import CSystemd
internal import Glibc

/// *A message's body*, written and read by sd_bus_message_append_basic(3), sd_bus_message_read_basic(3) and their
/// siblings for containers.
///
/// What is read comes from other processes: libsystemd has checked that it is well-formed; how deep variants are nested
/// in each other is bounded here.
struct Message: ~Copyable {
    let pointer: OpaquePointer

    /// Takes ownership of a reference.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    /// A call that is not sent yet.
    static func make(_ call: MethodCall, on bus: OpaquePointer) throws(DBusError) -> Message {
        var pointer: OpaquePointer?
        try DBusError.check(
            sd_bus_message_new_method_call(
                bus, &pointer, call.destination, call.path, call.interface, call.member),
            of: "sd_bus_message_new_method_call(3)")
        guard let pointer else { throw DBusError(EIO, of: "sd_bus_message_new_method_call(3)") }
        let message = Message(owning: pointer)
        try DBusError.check(
            sd_bus_message_set_allow_interactive_authorization(pointer, call.allowInteractiveAuthorization ? 1 : 0),
            of: "sd_bus_message_set_allow_interactive_authorization(3)")
        for argument in call.arguments { try message.append(argument, depth: 0) }
        return message
    }

    deinit { sd_bus_message_unref(pointer) }

    /// How deep containers may be nested.
    private static let maximumDepth = 64

    private static func check(depth: Int) throws(DBusError) {
        guard depth < maximumDepth else { throw DBusError(message: "values are nested too deeply", code: EBADMSG) }
    }

    // MARK: - Writing

    private func append(_ value: DBusValue, depth: Int) throws(DBusError) {
        try Self.check(depth: depth)
        switch value {
        case .boolean(let truth): try append("b", Int32(truth ? 1 : 0))
        case .byte(let number): try append("y", number)
        case .int16(let number): try append("n", number)
        case .uint16(let number): try append("q", number)
        case .int32(let number): try append("i", number)
        case .uint32(let number): try append("u", number)
        case .int64(let number): try append("x", number)
        case .uint64(let number): try append("t", number)
        case .double(let number): try append("d", number)
        case .string(let text): try append("s", text)
        case .objectPath(let text): try append("o", text)
        case .signature(let text): try append("g", text)
        case .array(let element, let values): try append("a", of: element, values, depth)
        case .structure(let members): try append("r", of: members.map(\.signature).joined(), members, depth)
        case .dictionaryEntry(let key, let value):
            try append("e", of: key.signature + value.signature, [key, value], depth)
        case .variant(let value): try append("v", of: value.signature, [value], depth)
        }
    }

    private func append<Number: BitwiseCopyable>(_ type: Unicode.Scalar, _ number: Number) throws(DBusError) {
        let result = withUnsafePointer(to: number) { sd_bus_message_append_basic(pointer, Self.code(type), $0) }
        try DBusError.check(result, of: "sd_bus_message_append_basic(3)")
    }

    private func append(_ type: Unicode.Scalar, _ text: String) throws(DBusError) {
        guard !text.utf8.contains(0) else {
            throw DBusError(message: "a D-Bus string must not contain NUL", code: EINVAL)
        }
        let result = text.withCString { sd_bus_message_append_basic(pointer, Self.code(type), $0) }
        try DBusError.check(result, of: "sd_bus_message_append_basic(3)")
    }

    private func append(
        _ type: Unicode.Scalar, of contents: String, _ values: [DBusValue], _ depth: Int
    ) throws(DBusError) {
        try DBusError.check(
            sd_bus_message_open_container(pointer, Self.code(type), contents), of: "sd_bus_message_open_container(3)")
        for value in values { try append(value, depth: depth + 1) }
        try DBusError.check(sd_bus_message_close_container(pointer), of: "sd_bus_message_close_container(3)")
    }

    // MARK: - Reading

    /// All values of the body.
    func values() throws(DBusError) -> [DBusValue] { try values(depth: 0) }

    /// The values up to the end of the container that is being read.
    private func values(depth: Int) throws(DBusError) -> [DBusValue] {
        try Self.check(depth: depth)
        var values: [DBusValue] = []
        while true {
            var type: CChar = 0
            var contents: UnsafePointer<CChar>?
            let result = sd_bus_message_peek_type(pointer, &type, &contents)
            guard try DBusError.check(result, of: "sd_bus_message_peek_type(3)") > 0 else { return values }
            values.append(try value(type, contents, depth))
        }
    }

    private func value(
        _ type: CChar, _ contents: UnsafePointer<CChar>?, _ depth: Int
    ) throws(DBusError) -> DBusValue {
        switch UnicodeScalar(UInt8(bitPattern: type)) {
        case "b": .boolean(try read(type, Int32(0)) != 0)
        case "y": .byte(try read(type, 0))
        case "n": .int16(try read(type, 0))
        case "q": .uint16(try read(type, 0))
        case "i": .int32(try read(type, 0))
        case "u": .uint32(try read(type, 0))
        case "x": .int64(try read(type, 0))
        case "t": .uint64(try read(type, 0))
        case "d": .double(try read(type, 0))
        case "s": .string(try text(type))
        case "o": .objectPath(try text(type))
        case "g": .signature(try text(type))
        case "a": .array(element: contents.map { String(cString: $0) } ?? "", try inside(type, contents, depth))
        case "r": .structure(try inside(type, contents, depth))
        case "v": .variant(try first(try inside(type, contents, depth)))
        case "e": try entry(try inside(type, contents, depth))
        default: throw DBusError(message: "a value of an unsupported type", code: EOPNOTSUPP)
        }
    }

    private func first(_ values: [DBusValue]) throws(DBusError) -> DBusValue {
        guard let value = values.first else { throw DBusError(message: "an empty variant", code: EBADMSG) }
        return value
    }

    private func entry(_ values: [DBusValue]) throws(DBusError) -> DBusValue {
        guard values.count == 2 else { throw DBusError(message: "an incomplete dictionary entry", code: EBADMSG) }
        return .dictionaryEntry(values[0], values[1])
    }

    private func read<Number: BitwiseCopyable>(_ type: CChar, _ zero: Number) throws(DBusError) -> Number {
        var number = zero
        let result = withUnsafeMutablePointer(to: &number) { sd_bus_message_read_basic(pointer, type, $0) }
        try DBusError.check(result, of: "sd_bus_message_read_basic(3)")
        return number
    }

    private func text(_ type: CChar) throws(DBusError) -> String {
        let text = try read(type, UnsafePointer<CChar>?.none)
        return text.map { String(cString: $0) } ?? ""
    }

    private func inside(
        _ type: CChar, _ contents: UnsafePointer<CChar>?, _ depth: Int
    ) throws(DBusError) -> [DBusValue] {
        try DBusError.check(
            sd_bus_message_enter_container(pointer, type, contents), of: "sd_bus_message_enter_container(3)")
        let values = try values(depth: depth + 1)
        try DBusError.check(sd_bus_message_exit_container(pointer), of: "sd_bus_message_exit_container(3)")
        return values
    }

    private static func code(_ type: Unicode.Scalar) -> CChar { CChar(truncatingIfNeeded: type.value) }

    // MARK: - The head

    /// What kind of message it is.
    enum Kind { case answer, error, signal, call }

    /// The kind; `nil` if it is unknown.
    var kind: Kind? {
        var type: UInt8 = 0
        guard sd_bus_message_get_type(pointer, &type) >= 0 else { return nil }
        switch Int(type) {
        case Int(SD_BUS_MESSAGE_METHOD_RETURN): return .answer
        case Int(SD_BUS_MESSAGE_METHOD_ERROR): return .error
        case Int(SD_BUS_MESSAGE_SIGNAL): return .signal
        case Int(SD_BUS_MESSAGE_METHOD_CALL): return .call
        default: return nil
        }
    }

    /// Which call is answered.
    var replyCookie: UInt64? {
        var cookie: UInt64 = 0
        return sd_bus_message_get_reply_cookie(pointer, &cookie) >= 0 ? cookie : nil
    }

    /// What the error says, if it is one.
    var error: DBusError? {
        guard let error = sd_bus_message_get_error(pointer) else { return nil }
        let name = error.pointee.name.map { String(cString: $0) }
        return DBusError(
            name: name, message: error.pointee.message.map { String(cString: $0) } ?? name ?? "an error without words",
            code: sd_bus_message_get_errno(pointer))
    }

    /// The signal, if it is one.
    func signal() throws(DBusError) -> Signal {
        Signal(
            sender: Self.text(sd_bus_message_get_sender(pointer)), path: Self.text(sd_bus_message_get_path(pointer)),
            interface: Self.text(sd_bus_message_get_interface(pointer)),
            member: Self.text(sd_bus_message_get_member(pointer)), arguments: try values())
    }

    private static func text(_ text: UnsafePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "" }
}
