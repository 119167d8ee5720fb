/// A configuration file of systemd-networkd as a list of sections, which are lists of assignments: systemd.syntax(7).
///
/// Nothing is thrown away but remarks and empty lines: what is not understood here is copied as it is.
public struct NetworkFile: Hashable, Sendable {
    /// `Key=value`.
    public struct Assignment: Hashable, Sendable {
        /// What is assigned to.
        public var key: String
        /// What is assigned, without white space around it.
        public var value: String

        /// An assignment.
        public init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    /// `[Name]` and the assignments below it. A file may have several sections of the same name.
    public struct Section: Hashable, Sendable {
        /// What stands between the brackets.
        public var name: String
        /// The assignments, in their order.
        public var assignments: [Assignment]

        /// A section.
        public init(_ name: String, _ assignments: [Assignment] = []) {
            self.name = name
            self.assignments = assignments
        }

        /// The values that are assigned to `key`, in their order.
        public func values(_ key: String) -> [String] { assignments.filter { $0.key == key }.map(\.value) }
    }

    /// The sections, in their order.
    public var sections: [Section]

    /// A file of these sections.
    public init(_ sections: [Section] = []) { self.sections = sections }

    /// Reads a file: lines that end in a backslash go on in the next, remarks begin with `#` or `;`. What is no
    /// assignment is left out, as networkd leaves it out.
    public init(parsing text: String) {
        sections = []
        var pending: String?
        // What ends a line for networkd, and nothing that Unicode has besides: it could make an assignment of a remark.
        for line in text.split(whereSeparator: { $0 == "\n" || $0 == "\r" || $0 == "\r\n" || $0 == "\0" }) {
            let line = Self.trimmed(line)
            // A remark amid the lines that continue another is left out of it.
            if line.hasPrefix("#") || line.hasPrefix(";") { continue }
            let whole = (pending.map { $0 + " " } ?? "") + line
            if whole.hasSuffix("\\") {
                pending = String(whole.dropLast())
                continue
            }
            pending = nil
            take(whole)
        }
        if let pending { take(pending) }
    }

    private mutating func take(_ line: String) {
        if line.hasPrefix("["), line.hasSuffix("]") {
            sections.append(Section(String(line.dropFirst().dropLast())))
        } else if let equals = line.firstIndex(of: "="), !sections.isEmpty {
            let key = Self.trimmed(line[..<equals])
            let value = Self.trimmed(line[line.index(after: equals)...])
            if key.isEmpty { return }
            sections[sections.count - 1].assignments.append(Assignment(key, value))
        }
    }

    /// The text without white space around it.
    private static func trimmed(_ text: some StringProtocol) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(text[first...last])
    }

    /// The file's text.
    public var text: String {
        sections.map { section in
            "[\(section.name)]\n" + section.assignments.map { "\($0.key)=\($0.value)\n" }.joined()
        }.joined(separator: "\n")
    }

    /// What is assigned to `key` in all sections called `section`, in the order of the file.
    public func values(_ key: String, in section: String) -> [String] {
        sections.filter { $0.name == section }.flatMap { $0.values(key) }
    }

    /// This file with another one read after it, as networkd reads a file's drop-ins.
    public func merged(with other: NetworkFile) -> NetworkFile { NetworkFile(sections + other.sections) }
}
