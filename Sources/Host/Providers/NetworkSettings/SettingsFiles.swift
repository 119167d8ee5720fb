internal import AgentCore
internal import Files
internal import CLinux
internal import Glibc
internal import JSONText
internal import Handover

/// What the root program has left for the agent to read, and how the agent knows that there is something new.
struct SettingsFiles: Sendable {
    private let host: Host
    /// Where the files are.
    let paths: NetworkFiles

    init(_ host: Host) {
        self.host = host
        paths = NetworkFiles(root: host.root)
    }

    /// What the links are told to be; `nil` if the root program has not said it since the machine started.
    func views() throws(HostFileError) -> [LinkView]? {
        try json(paths.views)?.array.map { $0.compactMap(LinkView.init) }
    }

    /// The change that is pending.
    func pending() throws(HostFileError) -> PendingChange? {
        try json(paths.pending).flatMap(PendingChange.init)
    }

    /// What became of the last change.
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
            let bytes = try HostFile.bytes(path, limit: Self.largest)
            return try? JSON(parsing: bytes)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
    }

    private static let largest = 4 << 20

    // MARK: - What is new

    /// Everything by which one sees that settings may have changed: the links, which of networkd's files they have, and
    /// when these files were last touched. It needs no right to read them.
    func fingerprint() -> [String] {
        let links = HostFile.names(in: host.sys("class/net")).sorted()
        var marks = links.map { link in
            let index = (try? HostFile.text(host.sys("class/net/\(link)/ifindex"))) ?? ""
            let state = (try? HostFile.text(host.file("run/systemd/netif/links/\(index)"))) ?? ""
            let file = state.split(separator: "\n").first { $0.hasPrefix("NETWORK_FILE=") } ?? ""
            return "\(link) \(index) \(file)"
        }
        for directory in ["etc/systemd/network", "run/systemd/network", "etc/network", "etc/network/interfaces.d"] {
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

    private func mark(_ path: String) -> String {
        var status = stat()
        let file = host.file(path)
        guard Lane.accessing(file, { stat(file, &status) }) == 0 else { return path }
        return "\(path) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }
}
