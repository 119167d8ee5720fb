/// What a measurement calls things: its States are `jet-bench/<random>/000000` and so on, and each value has a number
/// by which it is known again.
///
/// Whatever a measurement adds is under its own prefix and owned by its own connections, so that it is gone with them.
struct Naming: Sendable {
    /// What all paths of this measurement begin with.
    let prefix: String
    /// How many bytes a value has.
    let size: Int

    /// Names that no other measurement has.
    init(size: Int) {
        let digits = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        prefix = "jet-bench/" + String((0..<6).map { _ in digits[Int.random(in: digits.indices)] }) + "/"
        self.size = max(size, ValueSize.smallest)
    }

    /// Names below a prefix that is known.
    init(prefix: String, size: Int) {
        self.prefix = prefix
        self.size = max(size, ValueSize.smallest)
    }

    /// How many digits name a State.
    static var indexWidth: Int { 6 }
    /// Where the numbers of ids and values begin: all have ten digits, and none begins with a zero.
    static var base: Int { 1_000_000_000 }

    /// The paths, as text for a `Template`.
    var path: String { prefix + String(repeating: "#", count: Self.indexWidth) }
    /// The values, as text for a `Template`.
    var value: String {
        #"{"n":##########,"text":""# + String(repeating: "x", count: size - ValueSize.smallest) + #""}"#
    }

    /// One path.
    func path(_ index: Int) -> String {
        let digits = String(index)
        return prefix + String(repeating: "0", count: max(0, Self.indexWidth - digits.utf8.count)) + digits
    }

    /// The rule for all paths of the measurement.
    var rule: String { #""path":{"startsWith":"\#(prefix)"}"# }
}

/// What sizes can be chosen.
package enum ValueSize {
    /// How many bytes a value has at least: `{"n":1000000000,"text":""}`.
    package static let smallest = 26
    /// How many bytes it has at most.
    package static let largest = 1 << 20
    /// How many States or fetchers there can be: they are named by six digits.
    package static let mostStates = 1_000_000
}
