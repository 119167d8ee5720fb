import Files
import Handover
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import SystemUpdate

/// A system of its own in a folder, with an apt repository beside it: apt and dpkg work on it with all they have, and
/// the machine's packages are out of their reach.
///
///     let system = try SystemWithRepository()
///     try system.install("lamp", "1.0")
///     try system.offer("lamp", "2.0")
///     let record = try system.run(.install)
final class SystemWithRepository: Sendable {
    let files: UpdateFiles
    private let folder: TemporaryFolder
    private let log = Mutex<[String]>([])
    /// Whether the job is told to end as a process is.
    let isInterrupted = Mutex(false)
    /// How often the machine was kept from being shut down, and whether it is now.
    let keeping = Keeping()

    /// What apt and dpkg said.
    var output: [String] { log.withLock { $0 } }

    /// Whether this can be had here.
    static var isPossible: Bool {
        getuid() == 0
            && ["apt-get", "dpkg", "dpkg-deb"].allSatisfy { access("/usr/bin/" + $0, X_OK) == 0 }
    }

    init() throws {
        folder = try TemporaryFolder()
        files = UpdateFiles(root: folder.path + "/root")
        for path in [
            "repository", "root/var/lib/dpkg/updates", "root/var/lib/dpkg/info", "root/var/lib/apt/lists/partial",
            "root/var/cache/apt/archives/partial", "root/var/log/apt", "root/etc/apt/apt.conf.d",
            "root/etc/apt/sources.list.d", "root/etc/apt/preferences.d", "root/etc/apt/trusted.gpg.d",
            "root/run/jet-update", "root/run/jet-agent", "root/var/lib/jet-update",
        ] {
            folder.makeFolder(path)
        }
        try write("root/var/lib/dpkg/status", "")
        try write("repository/Packages", "")
        try write("root/etc/apt/sources.list", "deb [trusted=yes] file:\(folder.path)/repository ./\n")
        // --force-script-chrootless: the scripts of packages run in the outer system, which has a shell for them.
        try write(
            "apt.conf",
            """
            Dir "\(files.root)";
            Dir::State::status "\(files.root)/var/lib/dpkg/status";
            Dir::Log "\(files.root)/var/log/apt";
            DPkg::Options { \(dpkgOptions.map { "\"\($0)\";" }.joined(separator: " ")) };
            APT::Sandbox::User "root";
            Acquire::Languages "none";
            """)
    }

    private var dpkgOptions: [String] { ["--root=\(files.root)", "--force-script-chrootless", "--log=/dev/null"] }

    /// The machine that a job works on.
    var machine: UpdateMachine {
        UpdateMachine(
            files: files, environment: ["APT_CONFIG": folder.path + "/apt.conf"], dpkgOptions: dpkgOptions,
            log: { line in self.log.withLock { $0.append(line) } },
            isInterrupted: { self.isInterrupted.withLock { $0 } }, keepUp: { self.keeping.begin() })
    }

    /// Does a whole job. Its lock is not this process's alone, as that of fcntl(2) never is: jobs of one test may
    /// follow each other.
    func run(_ kind: JobKind) throws -> JobRecord {
        var job = try #require(try UpdateJob(kind, on: machine))
        return job.run()
    }

    /// Makes a package.
    ///
    /// - Parameter script: What it does when it is configured.
    private func build(_ name: String, _ version: String, _ script: String?, _ fields: String) throws -> String {
        let place = "build-\(name)-\(version)"
        folder.makeFolder(place + "/DEBIAN")
        folder.makeFolder(place + "/usr/share/" + name)
        folder.makeFolder(place + "/etc/" + name)
        try write("\(place)/usr/share/\(name)/version", version + "\n")
        try write("\(place)/etc/\(name)/setting", "of \(version)\n")
        try write("\(place)/DEBIAN/conffiles", "/etc/\(name)/setting\n")
        try write(
            "\(place)/DEBIAN/control",
            """
            Package: \(name)
            Version: \(version)
            Architecture: all
            Maintainer: Jet <jet@example.org>
            Description: a package for tests
            \(fields)
            """.split(separator: "\n").joined(separator: "\n") + "\n")
        if let script {
            try write("\(place)/DEBIAN/postinst", "#!/bin/sh\n\(script)\n")
            chmod("\(folder.path)/\(place)/DEBIAN/postinst", 0o755)
        }
        let package = "\(folder.path)/\(name)_\(version)_all.deb"
        try tool("/usr/bin/dpkg-deb", ["--root-owner-group", "--build", folder.path + "/" + place, package])
        return package
    }

    /// Has a package installed already.
    func install(_ name: String, _ version: String) throws {
        try tool("/usr/bin/dpkg", dpkgOptions + ["--install", try build(name, version, nil, "")])
    }

    /// Puts a package into the repository.
    func offer(_ name: String, _ version: String, script: String? = nil, fields: String = "") throws {
        let package = try build(name, version, script, fields)
        #expect(rename(package, "\(folder.path)/repository/\(name)_\(version)_all.deb") == 0)
        let index = """
            cd '\(folder.path)/repository'
            for package in *.deb; do
                dpkg-deb --field "$package"
                echo "Filename: ./$package"
                echo "Size: $(stat --format %s "$package")"
                echo "SHA256: $(sha256sum "$package" | cut -d ' ' -f 1)"
                echo
            done > Packages
            """
        try tool("/bin/sh", ["-c", index])
    }

    /// Takes the repository away.
    func removeRepository() { #expect(rename(folder.path + "/repository", folder.path + "/elsewhere") == 0) }

    /// The version of a package that is installed in fact.
    func installed(_ name: String) -> String? { read("usr/share/\(name)/version") }

    /// A file of the system, without the line's end.
    func read(_ path: String) -> String? {
        (try? File.contents(files.root + "/" + path, limit: 4096)).flatMap {
            String(decoding: $0, as: UTF8.self).split(separator: "\n").first.map(String.init)
        }
    }

    /// Writes a file of the system.
    func writeFile(_ path: String, _ text: String) throws { try write("root/" + path, text) }

    /// What dpkg says of the state of a package, such as `ii`.
    func state(_ name: String) throws -> String {
        try tool(
            "/usr/bin/dpkg-query", ["--admindir=\(files.root)/var/lib/dpkg", "-W", "-f=${db:Status-Abbrev}", name]
        )
        .joined().filter { $0 != " " }
    }

    /// Has dpkg unpack a package and then leaves it at that, as when the power goes.
    func unpack(_ name: String, _ version: String) throws {
        try tool("/usr/bin/dpkg", dpkgOptions + ["--unpack", try build(name, version, nil, "")])
    }

    private func write(_ path: String, _ text: String) throws {
        try File.replace(folder.path + "/" + path, with: Array(text.utf8), mode: 0o644)
    }

    @discardableResult
    private func tool(_ program: String, _ arguments: [String]) throws -> [String] {
        var lines: [String] = []
        let child = try ChildProgram(program, arguments, AptCommand.environment)
        let ending = child.run({ if case .output(let line) = $0 { lines.append(line) } }, shouldEnd: { false })
        #expect(ending == .exited(0), "\(program) \(arguments): \(lines)")
        return lines
    }
}

/// Counts who keeps the machine from being shut down.
final class Keeping: Sendable {
    private let counts = Mutex((begun: 0, held: 0))

    /// How often it began.
    var begun: Int { counts.withLock { $0.begun } }
    /// How many there are now.
    var held: Int { counts.withLock { $0.held } }

    /// What keeps it as long as it is held.
    func begin() -> Keeper {
        counts.withLock { counts in
            counts.begun += 1
            counts.held += 1
        }
        return Keeper(keeping: self)
    }

    final class Keeper: Sendable {
        private let keeping: Keeping

        init(keeping: Keeping) { self.keeping = keeping }

        deinit { keeping.counts.withLock { $0.held -= 1 } }
    }
}
