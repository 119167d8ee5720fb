import JSONText

/// The names one level below a prefix (jet-protocol(7) §4.9), by cutting each path that the peer may fetch.
extension Model {
    func branches(_ params: JSON, by peer: Int) -> JSON {
        let prefix = Array((params.given("prefix")?.string ?? "").utf8)
        let separator = Array((params.given("separator")?.string ?? "/").utf8)
        var found: [[UInt8]: (elements: Int, kind: String?)] = [:]
        for element in elements where mayFetch(element, peer) {
            let path = Array(element.path.utf8)
            guard path.starts(with: prefix) else { continue }
            let rest = path.dropFirst(prefix.count)
            let end = rest.indices.first { rest[$0...].starts(with: separator) }
            let name = Array(rest[..<(end ?? rest.endIndex)])
            let kind = end != nil ? nil : element.value == nil ? "method" : "state"
            let former = found[name]
            found[name] = ((former?.elements ?? 0) + 1, kind ?? former?.kind)
        }
        let from = params.given("from")?.int ?? 1
        let to = params.given("to")?.int ?? 1000
        var branches: [JSON] = []
        for (place, name) in found.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }).enumerated() {
            guard let branch = found[name], place + 1 >= from, place + 1 <= to else { continue }
            let path = prefix + name + (branch.kind == nil ? separator : [])
            var entry: JSON.Object = [
                "name": .string(String(decoding: name, as: UTF8.self)),
                "path": .string(String(decoding: path, as: UTF8.self)), "elements": .number(branch.elements),
            ]
            entry["kind"] = branch.kind.map(JSON.string)
            branches.append(.object(entry))
        }
        return ["total": .number(found.count), "branches": .array(branches)]
    }
}
