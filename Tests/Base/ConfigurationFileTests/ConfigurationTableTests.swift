import ConfigurationFile
import JSONText
import Testing

/// Configuration files: what is taken from them, and how what is wrong with them is told.
struct ConfigurationTableTests {
    private func table(_ text: String) throws -> ConfigurationTable {
        try ConfigurationTable(parsing: text, file: "agent.toml")
    }

    private func error(_ text: String, _ take: (inout ConfigurationTable) throws -> Void) -> String? {
        do {
            var table = try table(text)
            try take(&table)
            try table.finish()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("what is written is taken, and what is not has its default")
    func taking() throws {
        var table = try table("on = false\ncount = 3\nratio = 2\nname = \"x\"\nlist = [\"a\", \"b\"]\nwait = 0.5\n")
        #expect(try table.take("on", default: true) == false)
        #expect(try table.take("count", default: 1, in: 0...9) == 3)
        #expect(try table.take("ratio", default: 1.5, in: 0...9) == 2.0)
        #expect(try table.take("name", default: "y") == "x")
        #expect(try table.take("list", default: []) == ["a", "b"])
        #expect(try table.take("wait", default: .seconds(1), in: 0...9) == .milliseconds(500))
        #expect(try table.take("absent", default: 7, in: 0...9) == 7)
        try table.finish()
    }

    @Test("a key that nobody knows is refused with its line and the key that looks most like it")
    func unknown() {
        let text = "# a remark\n\n[sensors]\nenabled = true\nintervall = 5\n"
        #expect(
            error(text) { table in
                var sensors = try table.table("sensors")
                _ = try sensors.take("enabled", default: true)
                _ = try sensors.take("interval", default: 1.0, in: 0...9)
                try sensors.finish()
            } == "agent.toml:5: 'sensors.intervall' is not a known key; did you mean 'interval'?")
    }

    @Test("an array of tables is taken, and errors say in which of them, and on which line")
    func arrays() throws {
        var table = try table("[[rule]]\nname = \"a\"\n[[rule]]\nnmae = \"b\"\n")
        let rules = try table.tables("rule")
        #expect(rules.map(\.keys) == [["name"], ["nmae"]])
        let none = try table.tables("none")
        #expect(none.isEmpty)
        let misspelt = error("[[rule]]\nname = \"a\"\n[[rule]]\nnmae = \"b\"\n") { table in
            for var rule in try table.tables("rule") {
                _ = try rule.take("name", default: "")
                try rule.finish()
            }
        }
        #expect(misspelt == "agent.toml:4: 'rule[1].nmae' is not a known key; did you mean 'name'?")
        let numbers = error("rule = [1]") { table in _ = try table.tables("rule") }
        #expect(numbers?.contains("beginning with [[rule]]") == true)
    }

    @Test("a key that looks like none is refused with those that there are")
    func foreign() {
        #expect(
            error("colour = \"red\"") { table in
                _ = try table.take("b", default: true)
                _ = try table.take("a", default: true)
            } == "agent.toml:1: 'colour' is not a known key. Known keys: a, b.")
    }

    @Test("a value of the wrong type or out of its range is refused with its line and what it has to be")
    func wrongValues() {
        #expect(
            error("a = 1\nb = \"yes\"") { table in
                _ = try table.take("a", default: 1, in: 0...2)
                _ = try table.take("b", default: true)
            } == "agent.toml:2: 'b' must be true or false, not \"yes\".")
        #expect(
            error("n = 11") { _ = try $0.take("n", default: 1, in: 0...9) }
                == "agent.toml:1: 'n' must be a whole number from 0 to 9, not 11.")
        #expect(
            error("l = [1]") { _ = try $0.take("l", default: []) }
                == "agent.toml:1: 'l' must be a list of texts, such as [\"a\", \"b\"], not [1].")
        #expect(error("t = 1") { _ = try $0.table("t") } == "agent.toml:1: 't' must be a table, not 1.")
    }

    @Test("what is no TOML is refused with the line at which it ends to be some")
    func noTOML() throws {
        let message = try #require(error("a = 1\nb = = 2\n") { _ in })
        #expect(message.hasPrefix("agent.toml:2: "))
    }

    @Test("an empty document has nothing in it")
    func empty() {
        #expect(error("") { _ in } == nil)
        #expect(error("# only a remark") { _ in } == nil)
    }
}
