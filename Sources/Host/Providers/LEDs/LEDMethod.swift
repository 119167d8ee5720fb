internal import AgentCore
internal import Files
internal import JSONText
internal import Jet
internal import JetProtocol

/// What an LED can be called to do: `led/<name>/toggle`, `led/<name>/blink`, `led/<name>/identify`.
enum LEDMethod: Hashable, Sendable {
    /// On if it is off, and off otherwise.
    case toggle
    /// Blink: `on` and `off` are the durations in milliseconds, `count` is how often to blink; `nil` for ever.
    case blink(on: Int, off: Int, count: Int?)
    /// Blink for the given number of seconds, then restore the LED: shows a user which device it is.
    case identify(seconds: Double)

    /// The words of the methods, with what each is called.
    private static let titles = [
        ("toggle", "Toggle"), ("blink", "Blink"), ("identify", "Identify"),
    ]

    /// How short and how often one can see it blink.
    private static let delays = 20...LEDStatus.longestDelay
    private static let counts = 1...100_000
    private static let seconds = 1.0...3600.0

    /// What is called.
    ///
    /// - Parameters:
    ///   - word: The last word of the method's path.
    ///   - arguments: An object, or a list with one; `null` and an empty list for none.
    /// - Throws: A refusal that names the argument which is wrong.
    init(_ word: String, _ arguments: JSON) throws(JetError) {
        let members = try Self.members(arguments)
        switch word {
        case "toggle":
            try Self.check(members, known: [])
            self = .toggle
        case "blink":
            try Self.check(members, known: ["on", "off", "count"])
            self = .blink(
                on: try Self.integer("on", members, in: Self.delays) ?? 500,
                off: try Self.integer("off", members, in: Self.delays) ?? 500,
                count: try Self.integer("count", members, in: Self.counts))
        case "identify":
            try Self.check(members, known: ["seconds"])
            let seconds = members["seconds"].map { $0.double ?? -1 } ?? 10
            guard Self.seconds.contains(seconds) else {
                throw JetError.wrong("seconds", "must be a number from 1 to 3600")
            }
            self = .identify(seconds: seconds)
        default:
            throw JetError(.invalidParams, "An LED has no method '\(word)'.")
        }
    }

    /// The methods of an LED, as they stand on the bus; `format` is a JSON schema of the arguments.
    static func readings(of led: LED) -> [Reading] {
        titles.map { word, title in
            let name = LEDName.title(led.name.text)
            return .method(
                "\(led.path)/\(word)",
                Metadata(title: "\(title) \(name)", datatype: .json, format: schema(word).description))
        }
    }

    private static func schema(_ word: String) -> JSON {
        func integer(_ range: ClosedRange<Int>) -> JSON {
            ["type": "integer", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
        }
        let members: JSON =
            switch word {
            case "blink": ["on": integer(delays), "off": integer(delays), "count": integer(counts)]
            case "identify": ["seconds": ["type": "number", "minimum": 1, "maximum": 3600]]
            default: [:]
            }
        return ["type": "object", "properties": members, "additionalProperties": false]
    }

    private static func members(_ arguments: JSON) throws(JetError) -> JSON.Object {
        switch arguments {
        case .null: return [:]
        case .object(let members): return members
        case .array(let list) where list.isEmpty: return [:]
        case .array(let list) where list.count == 1:
            if let members = list[0].object { return members }
        default: break
        }
        throw JetError.wrong("args", "must be an object")
    }

    private static func check(_ members: JSON.Object, known: [String]) throws(JetError) {
        for member in members where !known.contains(member.name) {
            throw JetError.wrong(
                member.name,
                known.isEmpty
                    ? "is not known; there are no arguments"
                    : "is not known; known are \(known.joined(separator: ", "))")
        }
    }

    private static func integer(
        _ name: String, _ members: JSON.Object, in range: ClosedRange<Int>
    ) throws(JetError) -> Int? {
        guard let value = members[name] else { return nil }
        guard let number = value.int, range.contains(number) else {
            throw JetError.wrong(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
