/// The command lines and the environment of apt and dpkg. They contain nothing that comes from the bus.
///
/// Each command asks no questions, keeps configuration files that were changed locally (other settings come from the
/// administrator's own files, see apt_preferences(5) and dpkg(1)), and reports its progress on descriptor 3.
enum AptCommand: Hashable, Sendable {
    /// Brings the package lists up to date. A list that cannot be had is an error, not a warning.
    case refresh
    /// Says what `install` would do. It takes no lock and changes nothing.
    case simulate
    /// Fetches what `install` needs.
    case download
    /// Updates all packages that can be updated without removing another; what they need besides is installed.
    case install
    /// Tells, in words, which packages are not as they should be; nothing if all are.
    case audit
    /// Goes on with an installation that was interrupted.
    case configure

    /// The program, with its whole path.
    var program: String {
        switch self {
        case .refresh, .simulate, .download, .install: "/usr/bin/apt-get"
        case .audit, .configure: "/usr/bin/dpkg"
        }
    }

    /// Its arguments.
    var arguments: [String] {
        switch self {
        case .refresh: Self.apt + ["-o", "APT::Update::Error-Mode=any", "update"]
        case .simulate:
            ["-q", "-s", "-o", "APT::Get::Show-User-Simulation-Note=0"] + Self.upgrade
        case .download: Self.apt + Self.upgrade + ["--download-only"]
        case .install: Self.apt + Self.keepConfiguration.flatMap { ["-o", "Dpkg::Options::=" + $0] } + Self.upgrade
        case .audit: ["--audit"]
        case .configure: Self.keepConfiguration + ["--configure", "-a"]
        }
    }

    private static let apt = [
        "-q", "-y", "-o", "APT::Status-Fd=3", "-o", "Dpkg::Use-Pty=0", "-o", "Acquire::Retries=3",
    ]
    private static let upgrade = ["upgrade", "--with-new-pkgs"]
    /// The package's own default where it has one, and else the file that is here.
    private static let keepConfiguration = ["--force-confdef", "--force-confold"]

    /// The whole environment in which they run.
    static let environment = [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        // Those that maintainers' scripts and apt's hooks would otherwise ask with: debconf(7), ucf(1),
        // apt-listchanges(1), apt-listbugs(1).
        "DEBIAN_FRONTEND": "noninteractive",
        "DEBIAN_PRIORITY": "critical",
        "UCF_FORCE_CONFFOLD": "1",
        "APT_LISTCHANGES_FRONTEND": "none",
        "APT_LISTBUGS_FRONTEND": "none",
        // Services that use what was replaced are restarted, needrestart(1), where that is installed.
        "NEEDRESTART_MODE": "a",
    ]
}
