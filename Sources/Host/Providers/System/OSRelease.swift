internal import AgentCore
internal import Files
internal import JSONText
internal import JetProtocol

/// What system runs on the host, by os-release(5).
enum OSRelease {
    /// The file's two places, in the order in which it is looked for.
    private static let places: [FilePath] = ["etc/os-release", "usr/lib/os-release"]

    /// `system/os`: `{id, name, version?, prettyName}`; `nil` if the system does not say what it is. Systems that are
    /// never at a version (rolling ones) have no `version`.
    static func reading(_ host: Host) throws(HostFileError) -> Reading? {
        for place in places {
            let bytes: [UInt8]
            do throws(HostFileError) {
                bytes = try HostFile.contents(host.file(place), limit: 64 * 1024)
            } catch {
                if error.isMissing { continue }
                throw error
            }
            let fields = parse(String(decoding: bytes, as: UTF8.self))
            var value = JSON.Object()
            value["id"] = .string(fields["ID"] ?? "linux")
            value["name"] = .string(fields["NAME"] ?? "Linux")
            value["version"] = fields["VERSION_ID"].map(JSON.string)
            value["prettyName"] = .string(fields["PRETTY_NAME"] ?? "Linux")
            return Reading("system/os", .object(value), Metadata(title: "Operating system", datatype: .json))
        }
        return nil
    }

    /// The assignments of the file. Values may be quoted as in a shell: what is in single quotes stands as it is,
    /// elsewhere a backslash takes the meaning from the character after it.
    static func parse(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let equals = line.firstIndex(of: "="), line.first != "#" else { continue }
            fields[String(line[..<equals])] = unquote(line[line.index(after: equals)...])
        }
        return fields
    }

    private static func unquote(_ text: Substring) -> String {
        var value = ""
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                value.append(character)
                isEscaped = false
            } else if character == "\\" && quote != "'" {
                isEscaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil && (character == "\"" || character == "'") {
                quote = character
            } else {
                value.append(character)
            }
        }
        return value
    }
}
