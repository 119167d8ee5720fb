/// Who decides about a link's settings.
public enum LinkOwner: String, Hashable, Sendable, CaseIterable {
    /// systemd-networkd, by its own files: these settings can be changed.
    case networkd
    /// NetworkManager.
    case networkManager = "NetworkManager"
    /// netplan, which may write networkd's files again at any time.
    case netplan
    /// ifupdown, by a stanza in /etc/network/interfaces.
    case ifupdown

    /// Why the settings of `link` cannot be changed, and where they can: a sentence; `nil` if they can.
    public func refusal(of link: String) -> String? {
        switch self {
        case .networkd: nil
        case .networkManager: "\(link) is managed by NetworkManager; change it there, for example with nmcli."
        case .netplan: "\(link) is managed by netplan; change its files in /etc/netplan instead."
        case .ifupdown: "\(link) is managed by ifupdown; change /etc/network/interfaces instead."
        }
    }
}
