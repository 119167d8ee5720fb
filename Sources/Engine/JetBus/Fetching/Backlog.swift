import JetProtocol

/// Changes that some fetchers were not notified of yet, because their accounts are spent: the value rules of these
/// fetchers are evaluated in later turns, with the value that the State has then.
///
/// So a change never waits for the rules of an account that has used up its time, however many they are. A fetcher whose
/// rule is to be evaluated is marked in the element's `InterestSet`; the element is kept here until none is marked.
final class Backlog {
    private let fetchers: FetcherTable
    private let scheduler: Scheduler
    private var elements: ContiguousArray<Element> = []
    private var served = 0

    init(_ fetchers: FetcherTable, _ scheduler: Scheduler) {
        self.fetchers = fetchers
        self.scheduler = scheduler
    }

    var isEmpty: Bool { served == elements.count }

    /// Marks a fetcher, which stands at `index` of the element's interests.
    func note(_ element: Element, at index: UInt32) {
        element.interests.setPending(true, at: index)
        guard !element.isInBacklog else { return }
        element.isInBacklog = true
        elements.append(element)
    }

    /// Evaluates the marked rules of accounts that are not spent, until the slice is exhausted.
    ///
    /// - Parameter evaluate: Evaluates the rule of the fetcher at an index, and notifies it.
    func proceed(_ slice: inout Slice, _ evaluate: (Element, Fetcher, UInt32) -> Void) {
        var rest = elements.count - served
        // When accounts are spent, there is little to be found behind the first elements.
        var unfinished = 0
        while rest > 0, unfinished < 8, !slice.isExhausted {
            rest -= 1
            let element = elements[served]
            served += 1
            if isDone(element, &slice, evaluate) {
                element.isInBacklog = false
            } else {
                unfinished += 1
                elements.append(element)
            }
        }
        if served == elements.count {
            elements.removeAll(keepingCapacity: elements.count < 1024)
            served = 0
        } else if served > 1024, served * 2 > elements.count {
            elements.removeFirst(served)
            served = 0
        }
    }

    private func isDone(
        _ element: Element, _ slice: inout Slice, _ evaluate: (Element, Fetcher, UInt32) -> Void
    ) -> Bool {
        // Behind some rules of spent accounts there are mostly more of them.
        var spent = 0
        var at: UInt32 = 0
        while at < element.interests.count, spent < 64 {
            slice.add(3)
            defer { at += 1 }
            guard element.interests.isPending(at: at), let reference = fetchers[element.interests[at]] else { continue }
            let isSpent = reference._withUnsafeGuaranteedRef { fetcher in
                fetcher.isActive && fetcher.peer._withUnsafeGuaranteedRef { scheduler.isSpent($0) }
            }
            if isSpent {
                spent += 1
                continue
            }
            element.interests.setPending(false, at: at)
            let fetcher = reference.takeUnretainedValue()
            if fetcher.isActive { evaluate(element, fetcher, at) }
        }
        return spent == 0
    }
}
