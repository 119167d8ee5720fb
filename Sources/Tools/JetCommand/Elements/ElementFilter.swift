import JSONText
import JetProtocol

/// Which elements a command is about: a PATH-RULE as people write it, or a whole rule of the protocol.
struct ElementFilter: Hashable, Sendable {
    /// What the daemon is asked with.
    let rule: FetchRule
    /// What is then asked of each path, since the rule may be wider.
    let pattern: PathPattern

    /// The elements that `pattern` means.
    init(_ pattern: PathPattern) {
        rule = FetchRule(path: pattern.rule)
        self.pattern = pattern
    }

    /// Reads the text of `--rule`: the rule of a fetch, such as `{"path":{"startsWith":"cpu/"}}`.
    ///
    /// The protocol lets a daemon ignore predicates that it does not know. Here a person wrote the rule, so a word that
    /// means nothing is a slip of the pen, and taking it for "everything" would be the worst answer.
    ///
    /// - Throws: `RuleTextError` that says what cannot be read.
    init(parsing text: String) throws(RuleTextError) {
        do {
            let json = try JSON(parsing: text)
            guard let members = json.object else {
                throw RuleTextError("it must be an object, such as \(Self.example)")
            }
            rule = try FetchRule(parsing: json)
            for member in members where !["path", "value", "valueField", "sort"].contains(member.name) {
                throw RuleTextError("a rule has no part '\(member.name)'")
            }
            let understood = rule.json["path"]?.object ?? [:]
            for member in json["path"]?.object ?? [:] {
                guard understood[member.name] != nil || member.name == "caseInsensitive" else {
                    throw RuleTextError("'path' has no predicate '\(member.name)'")
                }
            }
            pattern = .everything
        } catch let error as RuleError {
            throw RuleTextError("\(error.place): \(error.reason)")
        } catch let error as JSONError {
            throw RuleTextError("it is no JSON (\(error)); an example: \(Self.example)")
        } catch let error as RuleTextError {
            throw error
        } catch {
            throw RuleTextError("\(error)")
        }
    }

    private static var example: String { #"'{"path":{"startsWith":"cpu/"}}'"# }

    /// Whether the element at `path` is meant, given that the daemon found it by the rule.
    func admits(_ path: String) -> Bool { pattern.matches(path) }
}

/// Why a text is no rule.
struct RuleTextError: Error, Hashable, CustomStringConvertible {
    /// What is wrong.
    let reason: String

    init(_ reason: String) { self.reason = reason }

    var description: String { "The rule cannot be read: \(reason)." }
}
