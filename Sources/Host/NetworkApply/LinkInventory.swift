internal import Files
internal import Glibc
internal import Handover
internal import NetworkSettings

/// The machine's network links, and which files of networkd make them what they are.
///
/// What networkd uses for a link it says in `/run/systemd/netif/links/<number>`, from where networkctl(1) takes it, too.
struct LinkInventory: Sendable {
    let disk: Disk

    /// Where networkd looks for files, the first place first.
    static let directories = [
        "/etc/systemd/network", "/run/systemd/network", "/usr/local/lib/systemd/network", "/usr/lib/systemd/network",
        "/lib/systemd/network",
    ]
    /// Where ours are.
    static let ownDirectory = "/etc/systemd/network"
    static let dropInName = "90-jet.conf"

    /// The names of all links but the loopback one.
    var names: [String] {
        disk.names(in: "/sys/class/net", .folders).map(\.text)
            .filter { ChangeRequest.isLinkName($0) && !isLoopback($0) }
    }

    /// Whether this is the loopback link, by its `ARPHRD_LOOPBACK`.
    func isLoopback(_ link: String) -> Bool { disk.line("/sys/class/net/\(link)/type") == "772" }

    /// The kernel's number of the link; `nil` if there is no such link.
    func index(of link: String) -> Int? { disk.line("/sys/class/net/\(link)/ifindex").flatMap { Int($0) } }

    /// Whether the link is made by hardware.
    func isPhysical(_ link: String) -> Bool { disk.exists("/sys/class/net/\(link)/device") }

    /// Whether networkd runs, or has run since the machine started.
    var hasNetworkd: Bool { disk.exists("/run/systemd/netif/state") }

    /// What networkd says of the link under `key`.
    func word(_ key: String, of link: String) -> String? {
        guard let index = index(of: link), let text = try? disk.text("/run/systemd/netif/links/\(index)") else {
            return nil
        }
        let line = text.split(separator: "\n").last { $0.hasPrefix(key + "=") }
        return line.map { String($0.dropFirst(key.utf8.count + 1)) }
    }

    /// The file that networkd uses for the link; `nil` if it leaves the link alone.
    func networkFile(of link: String) -> String? {
        if word("ADMIN_STATE", of: link) == "unmanaged" { return nil }
        guard let path = word("NETWORK_FILE", of: link), !path.isEmpty else { return nil }
        return path
    }

    /// The file that is written for the link alone.
    static func ownFile(of link: String) -> String { "\(ownDirectory)/05-jet-\(link).network" }

    /// The drop-in that is written for a file.
    static func dropIn(of file: String) -> String { "\(ownDirectory)/\(File.name(of: file)).d/\(dropInName)" }

    /// Who decides about the link, as far as files tell: NetworkManager has to be asked.
    func owner(of link: String) -> LinkOwner? {
        if let file = networkFile(of: link) {
            return file.hasPrefix("/run/") && File.name(of: file).contains("netplan") ? .netplan : .networkd
        }
        return hasStanza(link) ? .ifupdown : nil
    }

    /// Whether interfaces(5) has a stanza for the link. Files that it names in other places are not looked at.
    private func hasStanza(_ link: String) -> Bool {
        let directory = "/etc/network/interfaces.d"
        let files: [FilePath] =
            ["/etc/network/interfaces"] + disk.names(in: directory).map { "\(directory)/\($0)" }
        return files.contains { file in
            guard let text = try? disk.text(file) else { return false }
            return text.split(separator: "\n").contains { line in
                let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
                return words.count >= 2 && words[0] == "iface" && words[1] == link
            }
        }
    }

    /// How `[Match]` of a file names the link: by the address that its hardware was made with, which stays when the
    /// link's name changes; by the name where there is none, or another link has the same.
    func match(of link: String) -> NetworkFile.Assignment {
        guard isPhysical(link), let address = permanentAddress(of: link),
            !names.contains(where: { $0 != link && permanentAddress(of: $0) == address })
        else { return .init("Name", link) }
        return .init("PermanentMACAddress", address)
    }

    private func permanentAddress(of link: String) -> String? {
        // NET_ADDR_PERM; any other is random, set, or another link's.
        guard disk.line("/sys/class/net/\(link)/addr_assign_type") == "0",
            let address = disk.line("/sys/class/net/\(link)/address"), address.utf8.count == 17,
            address != "00:00:00:00:00:00"
        else { return nil }
        return address
    }
}
