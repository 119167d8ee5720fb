internal import AgentCore
internal import Files
internal import CLinux
internal import Glibc
internal import JSONText
internal import Handover

/// The files that the root program writes for the agent, and how the agent detects changes.
struct SettingsFiles: Sendable {
    private let host: Host
    /// Where the files are.
    let paths: NetworkFiles

    init(_ host: Host) {
        self.host = host
        paths = NetworkFiles(root: host.root)
    }

    /// The settings of the links; `nil` if the root program has not written them since the machine was booted.
    func views() throws(HostFileError) -> [LinkView]? {
        try json(paths.views)?.array.map { $0.compactMap(LinkView.init) }
    }

    /// The change that is pending.
    func pending() throws(HostFileError) -> PendingChange? {
        try json(paths.pending).flatMap(PendingChange.init)
    }

    /// The outcome of the last change.
    func last() throws(HostFileError) -> ChangeOutcome? {
        try json(paths.last).flatMap(ChangeOutcome.init)
    }

    /// The answer to the request of this id, if it is there.
    func answer(_ verb: NetworkVerb, to id: String) -> ChangeAnswer? {
        guard let answer = try? json(paths.answer(verb)).flatMap(ChangeAnswer.init) else { return nil }
        return answer.id == id ? answer : nil
    }

    private func json(_ path: String) throws(HostFileError) -> JSON? {
        do throws(HostFileError) {
            let bytes = try HostFile.contents(FilePath(path), limit: Self.largest)
            return try? JSON(parsing: bytes)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
    }

    /// Of the largest file that the root program writes, the pending change: it reads no longer one.
    private static let largest = 16 << 20

    // MARK: - What is new

    /// Differs when settings may have changed: contains the links, which of networkd's files apply to them, and when
    /// these files were last modified. No permission to read the files is needed.
    func fingerprint() -> [String] {
        var marks = host.devices(ofClass: "net").map { link in
            let index = (try? HostFile.text(host.sys("class/net/\(link)/ifindex"))) ?? ""
            let state = (try? HostFile.text(host.file("run/systemd/netif/links/\(index)"))) ?? ""
            let file = state.split(separator: "\n").first { $0.hasPrefix("NETWORK_FILE=") } ?? ""
            return "\(link.text) \(index) \(file)"
        }
        let directories: [FilePath] = [
            "etc/systemd/network", "run/systemd/network", "etc/network", "etc/network/interfaces.d",
        ]
        for directory in directories {
            marks.append(mark(directory))
            for name in HostFile.names(in: host.file(directory)).sorted() {
                marks.append(mark("\(directory)/\(name)"))
                guard name.hasSuffix(".d") else { continue }
                for inner in HostFile.names(in: host.file("\(directory)/\(name)")).sorted() {
                    marks.append(mark("\(directory)/\(name)/\(inner)"))
                }
            }
        }
        return marks
    }

    private func mark(_ path: FilePath) -> String {
        var status = stat()
        let file = host.file(path)
        guard Lane.accessing(file, { file.withCString { stat($0, &status) } }) == 0 else { return path.text }
        return "\(path.text) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }
}
