package import JSONText

/// One kind of measurement, with all that can be chosen about it.
package protocol Mode: Sendable {
    /// What it is called on the command line.
    static var name: String { get }
    /// What was chosen, as `--json` says it.
    var settings: JSON.Object { get }
    /// The same in a line, for people.
    var summary: String { get }
    /// How many bytes its values have.
    var size: Int { get }
    /// How many connections it opens.
    var connections: Int { get }
    /// Which figures it finds at least.
    var figures: [Figure] { get }

    /// Does it once, in a place of its own.
    func measure(at site: Site) throws(BenchError) -> Figures
}
