internal import JSONText
internal import Synchronization

/// The board of a running agent, which its publishing and the sets of its States share.
final class SharedBoard: Sendable {
    private let board = Mutex(StateBoard())

    /// Takes the complete set of `readings` of one provider; see `StateBoard.apply`.
    func apply(_ readings: [Reading], of provider: String) -> StateBoard.Outcome {
        board.withLock { $0.apply(readings, of: provider) }
    }

    /// Forgets that something was published; see `StateBoard.withdraw`.
    func withdraw(_ path: String) { board.withLock { $0.withdraw(path) } }

    /// Notes the value that a set has led to; see `StateBoard.settle`.
    func settle(_ path: String, _ value: JSON) -> Bool { board.withLock { $0.settle(path, value) } }
}
