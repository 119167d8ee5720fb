import ArgumentParser

/// Which elements.
struct RuleOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Which paths: a/b exactly, a/ all that begins so, *text* with stars for anything.",
            valueName: "path-rule"),
        completion: PathCompletion.any)
    var pathRule: String?

    @Flag(name: [.customShort("i"), .long], help: "Take upper and lower case for the same.")
    var ignoreCase = false

    @Option(
        help: ArgumentHelp(
            #"Instead of a path-rule: the rule of a fetch in the protocol's words, {"path":{"startsWith":"cpu/"}}."#,
            valueName: "json"))
    var rule: String?

    func validate() throws { _ = try filter() }

    /// What was asked for; without anything, every element.
    ///
    /// - Throws: `ValidationError` when it cannot be understood.
    func filter() throws -> ElementFilter {
        do {
            switch (pathRule, rule) {
            case (nil, nil):
                guard !ignoreCase else { throw ValidationError("-i needs a path-rule to ignore the case of.") }
                return ElementFilter(.everything)
            case (let text?, nil):
                return ElementFilter(try PathPattern(parsing: text, ignoresCase: ignoreCase))
            case (nil, let text?):
                guard !ignoreCase else {
                    throw ValidationError(#"-i goes with a path-rule; in --rule it is "caseInsensitive": true."#)
                }
                return try ElementFilter(parsing: text)
            case (_?, _?):
                throw ValidationError("A path-rule and --rule exclude each other.")
            }
        } catch let error as PathPatternError {
            throw ValidationError(error.description)
        } catch let error as RuleTextError {
            throw ValidationError(error.description)
        }
    }

    /// What a run that found nothing says.
    var nothingMatches: Failure {
        let pattern = pathRule.flatMap { try? PathPattern(parsing: $0, ignoresCase: ignoreCase) }
        return .nothingMatches(pathRule ?? rule, pattern: pattern ?? .everything)
    }
}
