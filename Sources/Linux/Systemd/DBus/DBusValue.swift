/// A D-Bus value with its exact type, by the D-Bus Specification's "Type System".
///
/// Unix file descriptors are left out: nothing that Jet calls passes them.
public indirect enum DBusValue: Hashable, Sendable {
    case boolean(Bool)
    case byte(UInt8)
    case int16(Int16)
    case uint16(UInt16)
    case int32(Int32)
    case uint32(UInt32)
    case int64(Int64)
    case uint64(UInt64)
    case double(Double)
    case string(String)
    case objectPath(String)
    case signature(String)
    /// Values of one type, whose signature is given since the array may be empty. Dictionaries are arrays of
    /// `dictionaryEntry`.
    case array(element: String, [DBusValue])
    case structure([DBusValue])
    case dictionaryEntry(DBusValue, DBusValue)
    case variant(DBusValue)

    /// A value's type, such as `a{sv}`.
    public var signature: String {
        switch self {
        case .boolean: "b"
        case .byte: "y"
        case .int16: "n"
        case .uint16: "q"
        case .int32: "i"
        case .uint32: "u"
        case .int64: "x"
        case .uint64: "t"
        case .double: "d"
        case .string: "s"
        case .objectPath: "o"
        case .signature: "g"
        case .array(let element, _): "a" + element
        case .structure(let members): "(" + members.map(\.signature).joined() + ")"
        case .dictionaryEntry(let key, let value): "{" + key.signature + value.signature + "}"
        case .variant: "v"
        }
    }
}

// MARK: - Making

extension DBusValue {
    /// An array of strings, `as`.
    public static func strings(_ strings: [String]) -> DBusValue { .array(element: "s", strings.map(DBusValue.string)) }

    /// A dictionary of properties or options, `a{sv}`, in the order of its keys.
    public static func dictionary(_ members: [String: DBusValue]) -> DBusValue {
        .array(
            element: "{sv}",
            members.sorted { $0.key < $1.key }.map { .dictionaryEntry(.string($0.key), .variant($0.value)) })
    }
}

// MARK: - Looking inside

extension DBusValue {
    /// The value without the variants around it.
    public var unwrapped: DBusValue {
        var value = self
        while case .variant(let inner) = value { value = inner }
        return value
    }

    /// The text of a string, an object path or a signature.
    public var string: String? {
        switch unwrapped {
        case .string(let text), .objectPath(let text), .signature(let text): text
        default: nil
        }
    }

    /// The truth of a boolean.
    public var bool: Bool? {
        if case .boolean(let truth) = unwrapped { truth } else { nil }
    }

    /// Any integer, if it fits.
    public var int: Int? {
        switch unwrapped {
        case .byte(let number): Int(number)
        case .int16(let number): Int(number)
        case .uint16(let number): Int(number)
        case .int32(let number): Int(number)
        case .uint32(let number): Int(exactly: number)
        case .int64(let number): Int(exactly: number)
        case .uint64(let number): Int(exactly: number)
        default: nil
        }
    }

    /// Any integer that is not negative.
    public var uint64: UInt64? {
        if case .uint64(let number) = unwrapped { number } else { int.flatMap { UInt64(exactly: $0) } }
    }

    /// A floating-point number or an integer.
    public var double: Double? {
        if case .double(let number) = unwrapped { number } else { int.map(Double.init) }
    }

    /// The values of an array.
    public var array: [DBusValue]? {
        if case .array(_, let values) = unwrapped { values } else { nil }
    }

    /// The strings of an array that has only such.
    public var strings: [String]? {
        guard let array else { return nil }
        let strings = array.compactMap(\.string)
        return strings.count == array.count ? strings : nil
    }

    /// The members of a structure.
    public var structure: [DBusValue]? {
        if case .structure(let members) = unwrapped { members } else { nil }
    }

    /// The members of a dictionary whose keys are texts, without the variants around them.
    public var dictionary: [String: DBusValue]? {
        guard case .array(let element, let entries) = unwrapped, element.hasPrefix("{") else { return nil }
        var members: [String: DBusValue] = [:]
        for entry in entries {
            guard case .dictionaryEntry(let key, let value) = entry, let name = key.string else { return nil }
            members[name] = value.unwrapped
        }
        return members
    }
}
