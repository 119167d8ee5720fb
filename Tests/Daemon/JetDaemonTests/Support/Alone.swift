import Glibc
import TestSupport

/// Runs a program as if it were alone on the machine, as whom one likes: it has a network and a /run of its own, so that
/// it can use the paths and ports of the real daemon.
enum Alone {
    /// Who runs it.
    enum Case: CaseIterable {
        case root
        case userWithDirectory
        case userWithout
    }

    /// A user that nobody is, another one in each run of the tests.
    static var user: uid_t { 100_000 + uid_t(truncatingIfNeeded: getpid()) % 100_000 }

    /// What runs a program so.
    static func runner(as user: uid_t) -> [String] {
        let script = #"mount -t tmpfs none /run && ip link set lo up && exec "$@""#
        let alone = ["/usr/bin/unshare", "--net", "--mount", "/bin/sh", "-c", script, "sh"]
        return user == 0 ? alone : alone + ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"]
    }

    /// Whether this machine lets us.
    static func isPossible() async -> Bool {
        guard geteuid() == 0, access("/usr/bin/unshare", X_OK) == 0, access("/usr/bin/setpriv", X_OK) == 0 else {
            return false
        }
        let words = runner(as: user) + ["/bin/true"]
        guard let process = try? ChildProcess(words[0], Array(words.dropFirst()), environment: path) else {
            return false
        }
        return (try? await process.end()) == 0
    }

    /// Copies a program to where everybody can run it.
    static func copy(_ program: String, to path: String) throws {
        let process = try ChildProcess("/bin/cp", [program, path])
        guard try block({ try await process.end() }) == 0 else { throw Descriptors.Failed("cp to \(path)") }
    }

    /// What its environment needs.
    static let path = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
}
