import ArgumentParser

/// Selects elements.
struct RuleOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Selects paths: a/b is this path, a/ all that begin with a/, *text* all that contain text.",
            valueName: "path-rule"),
        completion: PathCompletion.any)
    var pathRule: String?

    @Flag(name: [.customShort("i"), .long], help: "Ignore case.")
    var ignoreCase = false

    @Option(
        help: ArgumentHelp(
            #"Instead of a path-rule: a rule as in the protocol, such as {"path":{"startsWith":"cpu/"}}."#,
            valueName: "json"))
    var rule: String?

    func validate() throws { _ = try filter() }

    /// The selected elements; all without a rule.
    ///
    /// - Throws: `ValidationError` if the rule is malformed.
    func filter() throws -> ElementFilter {
        do {
            switch (pathRule, rule) {
            case (nil, nil):
                guard !ignoreCase else { throw ValidationError("-i needs a path-rule.") }
                return ElementFilter(.everything)
            case (let text?, nil):
                return ElementFilter(try PathPattern(parsing: text, ignoresCase: ignoreCase))
            case (nil, let text?):
                guard !ignoreCase else {
                    throw ValidationError(#"-i cannot be used with --rule; write "caseInsensitive": true in the rule."#)
                }
                return try ElementFilter(parsing: text)
            case (_?, _?):
                throw ValidationError("A path-rule and --rule cannot be used together.")
            }
        } catch let error as PathPatternError {
            throw ValidationError(error.description)
        } catch let error as RuleTextError {
            throw ValidationError(error.description)
        }
    }

    /// The error if no element matches.
    var nothingMatches: Failure {
        let pattern = pathRule.flatMap { try? PathPattern(parsing: $0, ignoresCase: ignoreCase) }
        return .nothingMatches(pathRule ?? rule, pattern: pattern ?? .everything)
    }
}
