import JetProtocol

/// The peers that are disconnected: ends what they have left, in slices, since one peer may have a million elements.
///
/// A peer that departs is no longer in the `PeerTable`, is sent nothing, and its fetches are inactive. Its elements count
/// as removed for all requests (`Element.isDeparting`), and an `add` of their paths removes them first; those who
/// fetch them are notified as they are removed.
final class Departures {
    /// What a peer has left.
    private struct Departure {
        let peer: Peer
        /// The requests that it has not answered, in reverse order.
        var owed: [UInt64]
    }

    private let router: Router
    private let fetchRequests: FetchRequests
    private let elementRequests: ElementRequests
    private let scheduler: Scheduler
    private let accounts: AccountTable
    private var departures: ContiguousArray<Departure> = []

    init(
        _ router: Router, _ fetchRequests: FetchRequests, _ elementRequests: ElementRequests, _ scheduler: Scheduler,
        _ accounts: AccountTable
    ) {
        self.router = router
        self.fetchRequests = fetchRequests
        self.elementRequests = elementRequests
        self.scheduler = scheduler
        self.accounts = accounts
    }

    var isEmpty: Bool { departures.isEmpty }

    /// How many peers are departing.
    var count: Int { departures.count }

    /// Begins with what a peer has left, and ends it immediately if that does not take long.
    func begin(_ peer: Peer) {
        peer.isDeparting = true
        fetchRequests.deactivateAll(of: peer)
        router.forget(caller: peer)
        var departure = Departure(peer: peer, owed: router.numbers(of: peer).reversed())
        var slice = scheduler.slice(for: peer)
        let isDone = proceed(&departure, &slice, isFirst: true)
        scheduler.charge(peer, slice.used)
        if isDone { accounts.leave(peer) } else { departures.append(departure) }
    }

    /// Goes on with the peers that are departing, one slice for all of them.
    func proceed() {
        guard let peer = departures.first?.peer else { return }
        var slice = Slice(limit: scheduler.slice)
        while !departures.isEmpty, !slice.isExhausted {
            guard proceed(&departures[0], &slice, isFirst: false) else { break }
            accounts.leave(departures.removeFirst().peer)
        }
        scheduler.charge(peer, slice.used)
    }

    /// - Returns: Whether nothing is left.
    private func proceed(_ departure: inout Departure, _ slice: inout Slice, isFirst: Bool) -> Bool {
        let peer = departure.peer
        while let number = departure.owed.last, !slice.isExhausted {
            departure.owed.removeLast()
            slice.add(400)
            router.fail(number, to: peer)
        }
        fetchRequests.endAll(of: peer, &slice)
        if isFirst {
            elementRequests.beginRemovingAll(of: peer, &slice)
        } else {
            elementRequests.removeAll(of: peer, &slice)
        }
        return departure.owed.isEmpty && peer.fetchers.isEmpty && peer.owned.isEmpty
    }
}
