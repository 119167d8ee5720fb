extension JSON {
    /// The member called `name`, if this is an object that has it.
    public subscript(name: String) -> JSON? {
        guard case .object(let object) = self else { return nil }
        return object[name]
    }

    /// The element at `index`, if this is an array that has it.
    public subscript(index: Int) -> JSON? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The string, if this is one.
    public var string: String? {
        guard case .string(let string) = self else { return nil }
        return string
    }

    /// The whole number, if this is a number that is whole and fits.
    public var int: Int? {
        guard case .number(let number) = self else { return nil }
        return number.int
    }

    /// The number, if this is one.
    public var double: Double? {
        guard case .number(let number) = self else { return nil }
        return number.double
    }

    /// The truth value, if this is one.
    public var bool: Bool? {
        guard case .boolean(let flag) = self else { return nil }
        return flag
    }

    /// The elements, if this is an array.
    public var array: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members, if this is an object.
    public var object: Object? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    /// Whether this is `null`.
    public var isNull: Bool {
        guard case .null = self else { return false }
        return true
    }

    /// A whole number.
    public static func number(_ value: some BinaryInteger) -> JSON { .number(Number(value)) }

    /// A number; `null` for infinities and NaN, which JSON does not have.
    public static func number(_ value: Double) -> JSON { Number(value).map(JSON.number) ?? .null }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `null`
    public init(nilLiteral: ()) { self = .null }
    /// `true` or `false`
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .number(Number(value)) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An array.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// An object.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        var builder = Object.Builder()
        for (name, value) in elements { builder.append(name, value) }
        self = .object(builder.finish())
    }
}
