/// The default paths of the configuration and the users file, which depend on who runs the daemon.
///
/// A service gets its folders from systemd (`ConfigurationDirectory=` and `StateDirectory=`, systemd.exec(5)); a daemon that
/// root runs uses the same ones. A daemon of another user has a configuration of its own, as it has a socket of its own:
/// the users file and the grants of the system do not apply to it, and it could not read most of them.
struct DaemonPaths {
    /// The configuration file, which may be missing; `nil` if there is no path for it.
    let configuration: String?
    /// The users file, which may be missing; `nil` if there is no path for it.
    let users: String?

    /// The environment variables that are read.
    static let variables = ["CONFIGURATION_DIRECTORY", "STATE_DIRECTORY", "XDG_CONFIG_HOME", "HOME"]

    /// The paths for a daemon that this user runs with this environment.
    init(userID: UInt32, environment: [String: String]) {
        let isSystem = userID == 0
        let folder = Self.folder("CONFIGURATION_DIRECTORY", environment)
        let own =
            Self.folder("XDG_CONFIG_HOME", environment) ?? Self.folder("HOME", environment).map { $0 + "/.config" }
        configuration = (folder ?? (isSystem ? "/etc/jet" : own.map { $0 + "/jet" })).map { $0 + "/jetd.toml" }
        let state = Self.folder("STATE_DIRECTORY", environment) ?? (isSystem ? "/var/lib/jet" : nil)
        users = state.map { $0 + "/users.json" }
    }

    /// The first folder in a variable, which may have several separated by colons.
    private static func folder(_ variable: String, _ environment: [String: String]) -> String? {
        let folder = environment[variable]?.split(separator: ":").first.map(String.init)
        // The XDG Base Directory Specification says that relative paths are ignored.
        return folder?.hasPrefix("/") == true ? folder : nil
    }
}
