/// One thing that is measured about the engine, and with what it is compared.
struct Benchmark {
    /// What it is called, for `--only` and for others that are compared with it.
    let name: String
    /// What one operation is, in a few words.
    let operation: String
    /// What the figure is divided by.
    let yardstick: Yardstick
    /// What is measured.
    var unit = Unit.nanoseconds
    /// Prepares a pass that can be repeated.
    let prepare: (Scale) -> Run

    /// What a figure is in.
    enum Unit: String {
        /// Time for one operation.
        case nanoseconds = "ns"
        /// Memory for each of the things made.
        case bytes = "B"
    }

    /// What a figure is divided by, to be the same on a fast machine and a slow one.
    enum Yardstick: Hashable {
        /// Copying the bytes of the same messages, in and out, one by one.
        case copy
        /// Finding a key in a plain hash table with so many keys, at random.
        case lookUp(Int)
        /// Another benchmark of the same run.
        case benchmark(String)
        /// The path and the value themselves.
        case pathAndValue
        /// The units of work that are charged.
        case work

        /// What it is called in a table.
        var name: String {
            switch self {
            case .copy: "copying the same bytes"
            case .lookUp(let count): "a look-up among \(count)"
            case .benchmark(let name): name
            case .pathAndValue: "path and value"
            case .work: "the work charged"
            }
        }
    }
}

/// How large the measured things are: as they are meant, or so small that it only shows whether they work.
struct Scale {
    private let isTiny: Bool

    /// For figures.
    static let full = Scale(isTiny: false)
    /// For tests.
    static let tiny = Scale(isTiny: true)

    /// `size`, or a small number instead.
    func callAsFunction(_ size: Int, tiny: Int = 20) -> Int { isTiny ? min(size, tiny) : size }
}

/// A benchmark that is prepared.
struct Run {
    /// How many operations one pass is.
    let operations: Int
    /// The bus, if one is driven: it counts what goes in and out.
    var scene: Scene?
    /// How many messages of the bus one operation brings about; of what is timed alone.
    var messagesOut = 0
    /// How long a message is, for `Yardstick.copy` where there is no bus.
    var bytesIn = 0
    /// Bytes of path and value, for `Yardstick.pathAndValue`.
    var pathAndValue = 0.0
    /// Units of one operation, for `Yardstick.work`.
    var work = 0.0
    /// Does it once, and returns what it measured: nanoseconds or bytes, of all operations.
    let pass: () -> Double
}
