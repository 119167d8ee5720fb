import JSONText
import JetProtocol

/// Selects elements: by a PATH-RULE, or by a rule of the protocol.
struct ElementFilter: Hashable, Sendable {
    /// The rule for the daemon.
    let rule: FetchRule
    /// The pattern that each path is matched against here, since the rule may match more.
    let pattern: PathPattern

    /// The elements that match `pattern`.
    init(_ pattern: PathPattern) {
        rule = FetchRule(path: pattern.rule)
        self.pattern = pattern
    }

    /// Parses the value of `--rule`: the rule of a fetch, such as `{"path":{"startsWith":"cpu/"}}`.
    ///
    /// The protocol lets a daemon ignore unknown predicates. Here the rule was typed, so an unknown predicate is a typing
    /// error, and must not select everything.
    ///
    /// - Throws: `RuleTextError`, which says what is wrong.
    init(parsing text: String) throws(RuleTextError) {
        do {
            let json = try JSON(parsing: text)
            guard let members = json.object else {
                throw RuleTextError("it must be an object, such as \(Self.example)")
            }
            rule = try FetchRule(parsing: json)
            for member in members where !["path", "value", "valueField", "sort"].contains(member.name) {
                throw RuleTextError("unknown member '\(member.name)'")
            }
            let understood = rule.json["path"]?.object ?? [:]
            for member in json["path"]?.object ?? [:] {
                guard understood[member.name] != nil || member.name == "caseInsensitive" else {
                    throw RuleTextError("unknown predicate '\(member.name)' in 'path'")
                }
            }
            pattern = .everything
        } catch let error as RuleError {
            throw RuleTextError("\(error.place): \(error.reason)")
        } catch let error as JSONError {
            throw RuleTextError("it is not JSON (\(error)); an example: \(Self.example)")
        } catch let error as RuleTextError {
            throw error
        } catch {
            throw RuleTextError("\(error)")
        }
    }

    private static var example: String { #"'{"path":{"startsWith":"cpu/"}}'"# }

    /// Whether an element that matches the rule is selected.
    func admits(_ path: String) -> Bool { pattern.matches(path) }
}

/// Why a text is not a rule.
struct RuleTextError: Error, Hashable, CustomStringConvertible {
    /// What is wrong.
    let reason: String

    init(_ reason: String) { self.reason = reason }

    var description: String { "--rule is wrong: \(reason)." }
}
