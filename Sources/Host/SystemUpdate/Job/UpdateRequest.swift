public import JSONText

/// What the agent hands to the root program, and all of it: the name that the job shall have, and for whom it is.
///
/// Neither means anything to apt or dpkg. The agent is not trusted with more: what it wrote is read as data, of a fixed
/// form and a bounded length.
public struct UpdateRequest: Hashable, Sendable {
    /// The job: its name-to-be, or that of the one to call off.
    public let id: String
    /// Who asks.
    public let by: String

    /// A request; `nil` if `id` cannot be a job's name. What cannot stand in a log's line is left out of `by`.
    public init?(id: String, by: String) {
        guard Self.isName(id) else { return nil }
        self.id = id
        let printable = by.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
        let text = String(String.UnicodeScalarView(printable.prefix(Self.longestCaller)))
        self.by = text.isEmpty ? "somebody" : text
    }

    /// Reads a request; `nil` if it is none.
    public init?(parsing bytes: [UInt8]) {
        guard let json = try? JSON(parsing: bytes), let id = json["id"]?.string, let by = json["by"]?.string else {
            return nil
        }
        self.init(id: id, by: by)
    }

    /// The request as it is written.
    public var json: JSON { ["id": .string(id), "by": .string(by)] }

    /// A name that no job had.
    public static func newID() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// A request is not longer, in bytes.
    public static let sizeLimit = 2048
    private static let longestCaller = 128

    private static func isName(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
            }
    }
}
