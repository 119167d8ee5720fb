import Glibc
import TestSupport
import Testing

/// All programs in one file: which one it is, is in the name it is called by.
@Suite("jet-multicall") struct MulticallTests {
    @Test(
        "is the program that it is called as",
        arguments: [
            ("jetd", "USAGE: jetd ["), ("jet-agent", "USAGE: jet-agent ["), ("jet", "USAGE: jet <"),
            ("jet-network", "jet-network: takes one word"), ("jet-update", "jet-update: usage: jet-update"),
        ])
    func dispatches(program: String, beginning: String) async throws {
        let run = try await called(program, "--help")
        #expect((run.output + run.errors).contains(beginning))
    }

    @Test("refuses another name, and says which there are")
    func unknownName() async throws {
        let run = try await called("jetx")
        #expect(run.status == 2)
        #expect(run.output == "")
        #expect(run.errors.hasPrefix("jet-multicall: '/tmp/"))
        #expect(
            run.errors.hasSuffix(
                """
                /jetx' is not a program of Jet; call it jetd, jet-agent, jet, jet-network, jet-update, jet-tls, \
                jet-certificate or jet-announce

                """))
    }

    /// Calls it by a link of that name, as the package installs them.
    private func called(
        _ name: String, _ arguments: String...
    ) async throws -> (status: Int32, output: String, errors: String) {
        let folder = "/tmp/jet-multicall-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        let link = "\(folder)/\(name)"
        try #require(mkdir(folder, 0o700) == 0)
        defer { for path in [link, folder] { remove(path) } }
        try #require(symlink(ChildProcess.path(ofProduct: "jet-multicall"), link) == 0)
        let process = try ChildProcess(link, arguments)
        return (try await process.end(), process.text(), process.text(.error))
    }
}
