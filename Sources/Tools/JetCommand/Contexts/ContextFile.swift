import JSONText
import JetUsers

/// The contexts of a user, `contexts.json`: `{"default"?: NAME, "contexts": {NAME: {"connect", …}}}`. Members that are not
/// understood are kept.
struct ContextFile: Sendable {
    /// Its name in the user's folder.
    static let fileName = "contexts.json"

    private var json: JSON.Object
    private let path: String

    /// The contexts of a user.
    ///
    /// - Throws: `Failure` if the file cannot be read, or is not right.
    init(in folder: UserFolder) throws(Failure) {
        try self.init(try folder.contents(Self.fileName), path: folder.file(Self.fileName))
    }

    private init(_ contents: [UInt8]?, path: String) throws(Failure) {
        self.path = path
        guard let contents, !contents.isEmpty else {
            json = [:]
            return
        }
        let value: JSON
        do throws(JSONError) {
            value = try JSON(parsing: contents)
        } catch {
            throw Failure(
                .usage, "\(path) is not JSON: \(error).", advice: "Correct it, or remove it and add the contexts again."
            )
        }
        guard let object = value.object else {
            throw Failure(.usage, "\(path) is not a file of contexts: it is no JSON object.")
        }
        json = object
    }

    /// Changes the file of a user.
    static func update(in folder: UserFolder, _ change: (inout ContextFile) throws -> Void) throws {
        try folder.update(fileName) { contents in
            var file = try ContextFile(contents, path: folder.file(fileName))
            try change(&file)
            return file.contents
        }
    }

    private var contents: [UInt8] {
        var output: [UInt8] = []
        PrettyJSON.append(.object(json), to: &output)
        return output + [UInt8(ascii: "\n")]
    }

    /// The names, sorted.
    var names: [String] { (json["contexts"]?.object ?? [:]).map(\.name).sorted() }

    /// The name of the default context; `nil` without one.
    var defaultName: String? {
        get { json["default"]?.string }
        set { json["default"] = newValue.map(JSON.string) }
    }

    /// The context of a name; `nil` if there is none.
    ///
    /// - Throws: `Failure` if it is not right.
    func context(_ name: String) throws(Failure) -> Context? {
        guard let value = json["contexts"]?[name] else { return nil }
        guard let context = Context(value) else {
            throw Failure(
                .usage, "The context '\(name)' in \(path) is not right.",
                advice: "Replace it: jet context add \(name) --connect HOST")
        }
        return context
    }

    /// The context of a name.
    ///
    /// - Throws: `Failure` if there is none, or it is not right.
    func existing(_ name: String) throws(Failure) -> Context {
        if let context = try context(name) { return context }
        let names = names
        throw Failure(
            .usage, "There is no context '\(name)'.",
            advice: names.isEmpty
                ? "Add one: jet context add \(name) --connect HOST"
                : "These exist: \(names.joined(separator: ", ")).")
    }

    /// Adds or replaces a context; `nil` removes it.
    mutating func set(_ context: Context?, named name: String) {
        var contexts = json["contexts"]?.object ?? [:]
        contexts[name] = context?.json
        json["contexts"] = .object(contexts)
        if context == nil, defaultName == name { defaultName = nil }
    }

    /// Whether a text can be the name of a context: letters, digits, and `._-`, at most 100.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 100 && !text.hasPrefix("-")
            && text.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || $0.properties.numericType != nil || "._-".unicodeScalars.contains($0)
            }
    }
}
