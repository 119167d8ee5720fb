/// One way to harm a daemon. All of them are in `all`.
protocol Attack: AnyObject, SendableMetatype {
    /// What it is called on the command line.
    static var name: String { get }
    /// What it does, in a line.
    static var summary: String { get }

    init()

    /// Prepares the bus for it; the honest peers are not measured yet.
    func prepare(_ scene: Scene) throws(BenchError)

    /// Sends what may be sent now. Called again and again; may wait for answers, but not beyond `scene.isOver`.
    func turn(_ scene: Scene) throws(BenchError)

    /// The time is over: notes what has not been answered.
    func finish(_ scene: Scene)
}

extension Attack {
    func prepare(_ scene: Scene) throws(BenchError) {}
    func finish(_ scene: Scene) {}
}

/// What `--attack` can name.
package enum Attacks {
    static var all: [any Attack.Type] {
        [
            LuaPatterns.self, Operands.self, Values.self, Fetches.self, ValueFields.self, Logins.self, Silent.self,
            Prefix.self, SortedReads.self, Disconnect.self, BigMessages.self, Batches.self, Flood.self, Churn.self,
            Unread.self,
        ]
    }

    /// The names of all attacks, in the order in which they are run.
    package static var names: [String] { all.map { $0.name } }

    /// A line for each attack: its name and what it does.
    package static var table: String {
        let width = names.map(\.utf8.count).max() ?? 0
        return all.map { attack in
            attack.name + String(repeating: " ", count: width - attack.name.utf8.count + 2) + attack.summary
        }.joined(separator: "\n")
    }

    static func named(_ name: String) -> (any Attack.Type)? { all.first { $0.name == name } }
}
