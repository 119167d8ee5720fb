import Handover
import TestSupport
import Testing

/// The pages of the programs against the programs themselves: no option without a description, none that does not exist.
struct ProgramPageTests {
    /// What the argument parser adds by itself and does not list.
    private static let builtIn: Set = ["--generate-completion-script"]

    @Test("jet(1) describes each verb with its options, and no others")
    func verbs() async throws {
        let page = try ManualPage("jet.1")
        let jet = try await ProgramDescription.of("jet")
        let common = try #require(page.section("COMMON OPTIONS")).describedOptions
        #expect(Set(page.section("VERBS")?.subsections ?? []) == Set(jet.verbs.map { "jet \($0.name)" }))
        for verb in jet.verbs {
            let section = try #require(page.section("jet \(verb.name)"))
            let own = section.describedOptions
            #expect(verb.optionNames.subtracting(own).subtracting(common).isEmpty, "jet \(verb.name)")
            #expect(own.subtracting(verb.optionNames).isEmpty, "jet \(verb.name)")
            for mode in verb.verbs {
                #expect(section.entries.contains { $0.head == "Cm \(mode.name)" }, "\(mode.name)")
            }
            #expect(page.section("SYNOPSIS")?.lines.contains(".Cm \(verb.name)") == true, "\(verb.name)")
        }
        #expect(common.subtracting(jet.optionNames) == Self.builtIn)
    }

    @Test("jet(1) tells the defaults of the options")
    func defaults() async throws {
        let page = try ManualPage("jet.1")
        let common = try #require(page.section("COMMON OPTIONS"))
        for verb in try await ProgramDescription.of("jet").verbs {
            let section = try #require(page.section("jet \(verb.name)"))
            for option in verb.options {
                guard let value = option.defaultValue, let name = option.names.first else { continue }
                let said = section.description(of: name) ?? common.description(of: name) ?? ""
                let expected = value.hasSuffix(".0") ? String(value.dropLast(2)) : value
                #expect(said.contains(expected), "jet \(verb.name) \(name)")
            }
        }
    }

    @Test("jet(1) tells all exit codes, as the help does")
    func exitCodes() async throws {
        let process = try ChildProcess(try ChildProcess.path(ofProduct: "jet"), ["--help"])
        try await process.end()
        let codes = process.text().matches(of: #/\n  (\d)  /#).map { String($0.1) }
        #expect(codes.count == 6)
        #expect(try ManualPage("jet.1").section("EXIT STATUS")?.entries.map(\.head) == codes)
    }

    @Test("jet-agent(8) describes each option, and no others")
    func agent() async throws {
        let page = try ManualPage("jet-agent.8")
        let agent = try await ProgramDescription.of("jet-agent")
        let described = try #require(page.section("DESCRIPTION")).describedOptions
        #expect(described == agent.optionNames.union(Self.builtIn))
        for option in agent.options {
            guard let value = option.defaultValue, let name = option.names.first else { continue }
            #expect(page.description(of: name)?.contains(value) == true, "\(name)")
        }
        let disable = try #require(agent.options.first { $0.names == ["--disable"] })
        for name in disable.abstract.split(separator: ":")[1].split(separator: ".")[0].split(separator: ",") {
            let words = page.description(of: "--disable")?.split { " \n".contains($0) } ?? []
            #expect(words.contains(name.drop { $0 == " " }), "\(name)")
        }
    }

    @Test("jetd(8) describes each option, and no others")
    func daemon() async throws {
        let page = try ManualPage("jetd.8")
        let daemon = try await ProgramDescription.of("jetd")
        let described = try #require(page.section("DESCRIPTION")).describedOptions
        #expect(described == daemon.optionNames.union(Self.builtIn))
        for option in daemon.options {
            guard let value = option.abstract.firstMatch(of: /\(default: (\w+)\)/)?.1, let name = option.names.first
            else { continue }
            #expect(page.description(of: name)?.contains(value) == true, "\(name)")
        }
    }

    @Test("jet-tls(8) describes each option, and no others")
    func gateway() async throws {
        let described = try #require(ManualPage("jet-tls.8").section("DESCRIPTION")).describedOptions
        #expect(described == (try await ProgramDescription.of("jet-tls")).optionNames.union(Self.builtIn))
    }

    @Test("jet-network(8) and jet-update(8) describe what they can be told to do")
    func rootPrograms() throws {
        for verb in NetworkVerb.allCases {
            #expect(try ManualPage("jet-network.8").entries.contains { $0.head == "Cm \(verb.rawValue)" })
        }
        for kind in JobKind.allCases {
            #expect(try ManualPage("jet-update.8").entries.contains { $0.head == "Cm \(kind.rawValue)" })
        }
    }

    @Test("what a page names, and what its examples type, exists", arguments: ManualPage.names)
    func existing(name: String) async throws {
        let page = try ManualPage(name)
        let jet = try await ProgramDescription.of("jet")
        let agent = try await ProgramDescription.of("jet-agent")
        let daemon = try await ProgramDescription.of("jetd")
        let gateway = try await ProgramDescription.of("jet-tls")
        let all = jet.optionNames.union(agent.optionNames).union(daemon.optionNames).union(gateway.optionNames)
            .union(Self.builtIn)
        // Programs that only units run have no description of themselves: their pages need only agree with themselves.
        let own = ["jet-certificate.8", "jet-announce.8"].contains(name) ? page.describedOptions : []
        #expect(page.namedOptions.subtracting(all).subtracting(own).isEmpty)
        for line in page.commandLines(of: "jet") {
            var words = line.split(separator: " ")
            // Options of the connection may be before the verb.
            if words.first == "-c" { words.removeFirst(2) }
            let verb = try #require(jet.verbs.first { $0.name == words[0] }, "jet \(line)")
            #expect(Set(Self.options(words)).subtracting(verb.optionNames).isEmpty, "jet \(line)")
        }
        for line in page.commandLines(of: "jet-agent") {
            #expect(Set(Self.options(line.split(separator: " "))).subtracting(agent.optionNames).isEmpty, "\(line)")
        }
    }

    private static func options(_ words: [Substring]) -> [String] {
        words.filter { $0.wholeMatch(of: /-[a-z]|--[a-z-]+/) != nil }.map(String.init)
    }
}
