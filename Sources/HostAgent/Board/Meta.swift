public import JSONText

/// What a state's value means, for people and programs that see it for the first time: the `meta` of the Jet protocol,
/// in the words of the Homie 5 convention.
public struct Meta: Hashable, Sendable {
    /// The kinds of values of Homie 5 that a host has.
    public enum Datatype: String, Hashable, Sendable {
        /// A whole number.
        case integer
        /// A number.
        case float
        /// `true` or `false`.
        case boolean
        /// Text.
        case string
        /// One word out of those that `format` lists.
        case `enum`
        /// An object or an array.
        case json
    }

    /// What it is, for people: "CPU temperature".
    public var title: String
    /// The kind of value.
    public var datatype: Datatype
    /// The unit of the value: "°C", "B", "s".
    public var unit: String?
    /// What the value can be: `min:max:step` of a number (each part may be missing), or the words of an enum, separated
    /// by commas.
    public var format: String?

    /// The meaning of a value.
    public init(_ title: String, _ datatype: Datatype, unit: String? = nil, format: String? = nil) {
        self.title = title
        self.datatype = datatype
        self.unit = unit
        self.format = format
    }

    /// The object that stands under `meta` on the wire.
    public var json: JSON {
        var object = JSON.Object()
        object["title"] = .string(title)
        object["unit"] = unit.map(JSON.string)
        object["datatype"] = .string(datatype.rawValue)
        object["format"] = format.map(JSON.string)
        return .object(object)
    }
}
