package import JSONText

/// Writes JSON with a line for each member of an object, arrays on one line, and arrays of objects with a line for each.
package enum PrettyJSON {
    package static func append(_ value: JSON, to output: inout [UInt8], indent: Int = 0) {
        if let array = value.array, array.contains(where: { $0.object != nil }) {
            return append(array, to: &output, indent: indent)
        }
        guard let object = value.object, !object.isEmpty else { return JSONWriter.append(value, to: &output) }
        output.append(UInt8(ascii: "{"))
        for (index, member) in object.enumerated() {
            output.append(contentsOf: (index > 0 ? ",\n" : "\n").utf8)
            append(spaces: indent + 2, to: &output)
            JSONWriter.append(string: member.name, to: &output)
            output.append(contentsOf: ": ".utf8)
            append(member.value, to: &output, indent: indent + 2)
        }
        output.append(UInt8(ascii: "\n"))
        append(spaces: indent, to: &output)
        output.append(UInt8(ascii: "}"))
    }

    private static func append(_ array: [JSON], to output: inout [UInt8], indent: Int) {
        output.append(UInt8(ascii: "["))
        for (index, element) in array.enumerated() {
            output.append(contentsOf: (index > 0 ? ",\n" : "\n").utf8)
            append(spaces: indent + 2, to: &output)
            JSONWriter.append(element, to: &output)
        }
        output.append(UInt8(ascii: "\n"))
        append(spaces: indent, to: &output)
        output.append(UInt8(ascii: "]"))
    }

    private static func append(spaces count: Int, to output: inout [UInt8]) {
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
    }
}
