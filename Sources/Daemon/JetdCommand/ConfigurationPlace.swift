/// Where the daemon's files are, which depends on whose daemon it is.
///
/// The system's daemon is a service, whom systemd tells its folders (`ConfigurationDirectory=` and `StateDirectory=`,
/// systemd.exec(5)), or is run by root, and then it is configured as the service is. Anybody else's is his own, as its
/// socket is: what the admin has set for the system, such as the users file and who is granted what, is not for it, and
/// most of it could not even be read.
struct ConfigurationPlace {
    /// The configuration file, which need not be there; `nil` if there is no place for it.
    let configuration: String?
    /// The users file, which need not be there; `nil` if there is no place for it.
    let users: String?

    /// The variables of the environment that have a say.
    static let variables = ["CONFIGURATION_DIRECTORY", "STATE_DIRECTORY", "XDG_CONFIG_HOME", "HOME"]

    /// The files of a daemon that this user runs with this environment.
    init(userID: UInt32, environment: [String: String]) {
        let isSystem = userID == 0
        let folder = Self.folder("CONFIGURATION_DIRECTORY", environment)
        let own =
            Self.folder("XDG_CONFIG_HOME", environment) ?? Self.folder("HOME", environment).map { $0 + "/.config" }
        configuration = (folder ?? (isSystem ? "/etc/jet" : own.map { $0 + "/jet" })).map { $0 + "/jetd.toml" }
        let state = Self.folder("STATE_DIRECTORY", environment) ?? (isSystem ? "/var/lib/jet" : nil)
        users = state.map { $0 + "/users.json" }
    }

    /// A folder in a variable, which may name several, with colons between.
    private static func folder(_ variable: String, _ environment: [String: String]) -> String? {
        let folder = environment[variable]?.split(separator: ":").first.map(String.init)
        // A relative one is to be ignored, by the XDG Base Directory Specification.
        return folder?.hasPrefix("/") == true ? folder : nil
    }
}
