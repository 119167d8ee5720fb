internal import CTOML
internal import JSONText

/// A TOML document (toml.io) as toml++ reads it: its values, and on which line each key is.
struct TOMLDocument {
    /// The document's table.
    let root: JSON.Object
    /// The line of each key, written with the tables that it is in: `sensors.interval`.
    let lines: [String: Int]

    /// Reads `text`.
    ///
    /// - Throws: What is wrong with it, and where.
    init(_ text: String, file: String) throws(ConfigurationError) {
        let bytes = Array(text.utf8)
        let document = bytes.withUnsafeBytes {
            toml_document_read($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
        defer { toml_document_free(document) }
        if let error = document.error {
            throw ConfigurationError(file: file, line: Int(document.error_line), String(cString: error) + ".")
        }
        guard let root = Self.object(document.json), let lines = Self.object(document.lines) else {
            throw ConfigurationError(file: file, "There is not enough memory to read this document.")
        }
        self.root = root
        self.lines = Dictionary(lines.map { ($0.name, $0.value.int ?? 1) }) { first, _ in first }
    }

    private static func object(_ text: UnsafeMutablePointer<CChar>?) -> JSON.Object? {
        text.flatMap { (try? JSON(parsing: String(cString: $0)))?.object }
    }
}
