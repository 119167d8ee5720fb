public import JSONText

/// The description of an element by its owner (jet-protocol(7) §7.1), in the terms of the Homie 5 convention.
public struct Metadata: Hashable, Sendable {
    /// The kind of value.
    public enum Datatype: String, Hashable, Sendable, CaseIterable {
        /// Whole numbers; `format` is `min:max:step`.
        case integer
        /// Numbers; `format` is `min:max:step`.
        case float
        /// `true` and `false`; `format` names both, as `off,on`.
        case boolean
        /// Any text.
        case string
        /// One of the texts that `format` lists, separated by commas.
        case `enum`
        /// A colour; `format` lists the notations.
        case color
        /// A point in time, by ISO 8601.
        case datetime
        /// A span of time, by ISO 8601.
        case duration
        /// Arrays and objects.
        case json
    }

    /// The name, for people.
    public var title: String?
    /// The unit, such as `°C`, `s` or `B`.
    public var unit: String?
    /// The kind of value.
    public var datatype: Datatype?
    /// The possible values, in the form that belongs to the datatype.
    public var format: String?

    /// The limit above which a measured value is unusual, in the unit of the value: what hwmon calls `max`.
    public var max: String?
    /// The limit above which a measured value does harm, in the unit of the value: what hwmon calls `crit`.
    public var crit: String?

    /// Metadata of these parts.
    public init(
        title: String? = nil, unit: String? = nil, datatype: Datatype? = nil, format: String? = nil, max: String? = nil,
        crit: String? = nil
    ) {
        self.title = title
        self.unit = unit
        self.datatype = datatype
        self.format = format
        self.max = max
        self.crit = crit
    }

    /// Reads a `meta` member; parts that are unknown or of the wrong type are left out.
    public init(parsing value: JSON) {
        self.init(
            title: value["title"]?.string, unit: value["unit"]?.string,
            datatype: value["datatype"]?.string.flatMap(Datatype.init(rawValue:)), format: value["format"]?.string,
            max: value["max"]?.string, crit: value["crit"]?.string)
    }

    /// The `meta` member.
    public var json: JSON {
        var object = JSON.Object()
        object["title"] = title.map(JSON.string)
        object["unit"] = unit.map(JSON.string)
        object["datatype"] = (datatype?.rawValue).map(JSON.string)
        object["format"] = format.map(JSON.string)
        object["max"] = max.map(JSON.string)
        object["crit"] = crit.map(JSON.string)
        return .object(object)
    }
}
