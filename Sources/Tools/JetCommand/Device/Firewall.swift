/// A packet filter that runs on this machine, and the command that lets peers reach a port through it. Whether it already
/// does is not examined: rules can be of any kind.
struct Firewall: Hashable, Sendable {
    /// Its name.
    var name: String
    /// The commands that open the port.
    var commands: [String]
    /// What to do so that this holds after a restart; `nil` if it does.
    var keeping: String?

    /// The packet filter that runs; `nil` if there is none.
    static func running(_ programs: some SystemPrograms, port: Int) -> Firewall? {
        if programs.succeeds("systemctl", "is-active", "--quiet", "firewalld.service") {
            return Firewall(
                name: "firewalld",
                commands: ["firewall-cmd --permanent --add-port=\(port)/tcp", "firewall-cmd --reload"])
        }
        if programs.output("ufw", "status")?.split(separator: "\n").first == "Status: active" {
            return Firewall(name: "ufw", commands: ["ufw allow \(port)/tcp"])
        }
        if let chain = programs.output("nft", "list", "ruleset").flatMap(inputChain) {
            return Firewall(
                name: "nftables", commands: ["nft insert rule \(chain) tcp dport \(port) accept"],
                keeping: "Add the rule to /etc/nftables.conf, too, to keep it after a restart.")
        }
        for (program, keeping) in [("iptables", "iptables-save"), ("ip6tables", "ip6tables-save")] {
            guard let rules = programs.output(program, "-S", "INPUT"), isClosed(rules) else { continue }
            return Firewall(
                name: "iptables",
                commands: ["iptables", "ip6tables"].map { "\($0) -I INPUT -p tcp --dport \(port) -j ACCEPT" },
                keeping: "To keep the rules after a restart, store them with \(keeping).")
        }
        return nil
    }

    /// The first chain of a ruleset for incoming packets that drops or rejects some: `inet filter input`.
    static func inputChain(_ ruleset: String) -> String? {
        var (table, chain) = ("", "")
        var isInput = false
        for line in ruleset.split(separator: "\n") {
            let words = line.split { " \t;{".contains($0) }
            switch words.first {
            case "table" where words.count >= 3: table = "\(words[1]) \(words[2])"
            case "chain" where words.count >= 2: (chain, isInput) = (String(words[1]), false)
            case "type": isInput = words.contains("hook") && words.contains("input") && words.contains("filter")
            default: break
            }
            // The chains of fail2ban and the like concern single addresses, not ports that are closed.
            if isInput, words.contains("drop") || words.contains("reject") { return "\(table) \(chain)" }
        }
        return nil
    }

    /// Whether a list of rules by iptables drops or rejects packets.
    static func isClosed(_ rules: String) -> Bool {
        rules.split(separator: "\n").contains { line in
            let words = line.split(separator: " ")
            return words.starts(with: ["-P", "INPUT", "DROP"]) || words.contains("DROP") || words.contains("REJECT")
        }
    }

    /// The lines for people.
    func lines(port: Int) -> [String] {
        ["A firewall runs on this machine (\(name)). If it does not let port \(port) in yet:"]
            + commands.map { "    sudo \($0)" } + [keeping].compactMap(\.self)
    }
}
