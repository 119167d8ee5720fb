internal import JSONText

/// *The rule of polkit(8) for the units that the configuration allows*: systemd asks polkit whether the agent's user may
/// start a unit, with the unit's name and the verb, so that it can be let do exactly what stands in agent.toml and no
/// more. Only root can put the rule in its place.
public enum ServicePolkit {
    /// The rule's text, for a file below /etc/polkit-1/rules.d.
    ///
    /// - Parameters:
    ///   - configuration: What is allowed.
    ///   - user: Who runs the agent.
    public static func rules(for configuration: ServicesConfiguration, user: String = "jet-agent") -> String {
        let lines = configuration.allowed.sorted { $0.key < $1.key }.map { unit, verbs in
            // JSON's texts are JavaScript's, too.
            let verbs = JSON.array(verbs.sorted().map { .string($0.rawValue) })
            return "    \(JSON.string(unit)): \(verbs)"
        }
        return """
            // What jet-agent may do to units of systemd: made from agent.toml by `jet-agent --print-polkit-rules`.
            var jetUnits = {
            \(lines.joined(separator: ",\n"))
            };

            polkit.addRule(function (action, subject) {
                if (action.id !== "org.freedesktop.systemd1.manage-units" || subject.user !== \(JSON.string(user))) {
                    return polkit.Result.NOT_HANDLED;
                }
                var verbs = jetUnits[action.lookup("unit")];
                return verbs !== undefined && verbs.indexOf(action.lookup("verb")) >= 0
                    ? polkit.Result.YES : polkit.Result.NOT_HANDLED;
            });

            """
    }
}
