import JSONText
import JetProtocol

@testable import AgentCore
@testable import Providers

/// A bus that remembers what it was told.
actor MemoryBus: Publisher {
    private let refusing: Set<String>
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private(set) var publications: [Publication] = []

    /// What is on the bus now, by its path.
    var values: [String: JSON] {
        publications.reduce(into: [:]) { values, publication in
            switch publication {
            case .add(let reading): values[reading.path] = reading.value
            case .change(let path, let value): values[path] = value
            case .remove(let path): values[path] = nil
            }
        }
    }

    init(refusing: Set<String> = []) { self.refusing = refusing }

    func publish(_ publications: [Publication], controller: Controller?) -> [String: String] {
        self.publications += publications
        for waiter in waiters { waiter.resume() }
        waiters = []
        return Dictionary(uniqueKeysWithValues: refusing.intersection(publications.map(\.path)).map { ($0, "no") })
    }

    /// Waits until what is on the bus is as wanted.
    func holds(_ condition: ([String: JSON]) -> Bool) async {
        while !condition(values) { await withCheckedContinuation { waiters.append($0) } }
    }

    /// Waits until what was published is as wanted.
    func published(_ condition: ([Publication]) -> Bool) async {
        while !condition(publications) { await withCheckedContinuation { waiters.append($0) } }
    }
}

extension Reading {
    static func number(_ path: String, _ value: Int) -> Reading {
        Reading(path, .number(value), Metadata(datatype: .integer))
    }
}
