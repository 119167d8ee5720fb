import Glibc
import TestSupport

/// A browser without a window: Debian's Chromium, with a profile of its own, that shows one page until the test ends it.
final class Browser: Sendable {
    static let program = "/usr/bin/chromium"

    /// Whether there is one. Where all tests have to run, that is not asked: a missing one fails.
    static var isThere: Bool { access(program, X_OK) == 0 || getenv("CI") != nil }

    private let process: ChildProcess

    /// Opens a page.
    ///
    /// - Parameters:
    ///   - url: The page.
    ///   - folder: Where it may keep its things.
    ///   - names: Names that shall mean 127.0.0.1.
    init(_ url: String, in folder: String, names: [String] = []) throws {
        var arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--user-data-dir=\(folder)/profile", "--remote-debugging-port=0",
        ]
        if !names.isEmpty {
            let rules = names.map { "MAP \($0) 127.0.0.1" }.joined(separator: ",")
            arguments.append("--host-resolver-rules=\(rules)")
        }
        let environment = ["HOME": folder, "XDG_RUNTIME_DIR": folder, "PATH": "/usr/bin:/bin"]
        process = try ChildProcess(Self.program, arguments + [url], environment: environment)
    }

    /// Ends it. It takes its other processes with it.
    func end() throws {
        process.send(SIGTERM)
        _ = try block { [process] in try await process.end() }
    }

    /// What it complains of.
    var complaints: String { process.text(.error) }
}
