import JSONText
import Moments

/// An object's text in the making: what requests carry as `params`.
struct ObjectText {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// Appends a member whose value is the text of a JSON value.
    mutating func append(_ name: StaticString, _ text: [UInt8]) {
        appendName(name)
        bytes.append(contentsOf: text)
    }

    /// Appends a member whose value is a string.
    mutating func append(_ name: StaticString, string: String) {
        appendName(name)
        JSONWriter.append(string: string, to: &bytes)
    }

    /// Appends a time in seconds.
    mutating func append(_ name: StaticString, _ duration: Duration) {
        append(name, Array(JSON.number(duration.seconds).description.utf8))
    }

    /// Appends members that are written already: `"a":1,"b":2`.
    mutating func append(members: [UInt8]) {
        guard !members.isEmpty else { return }
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(contentsOf: members)
    }

    /// Appends a member of any name.
    mutating func append(_ name: String, _ value: JSON) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        JSONWriter.append(string: name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        JSONWriter.append(value, to: &bytes)
    }

    private mutating func appendName(_ name: StaticString) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: "\":".utf8)
    }

    /// The members without the braces.
    var members: [UInt8] { Array(bytes.dropFirst()) }

    /// The whole text.
    var text: [UInt8] { bytes + [UInt8(ascii: "}")] }
}

extension Duration {
    /// The same as a time to wait: from nothing to 30 years, so that sums of it stay in range.
    var bounded: Duration { min(max(self, .zero), .seconds(1_000_000_000)) }
}
