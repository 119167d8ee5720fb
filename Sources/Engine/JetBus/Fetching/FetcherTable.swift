import JetProtocol

/// The fetchers of all peers: by slot, for the elements that name them, and by path, for new elements.
///
/// Each element keeps the slots of the fetchers that must hear of it, its *interests*. The table retains a fetcher until
/// it has ended and no element names it any more. An element forgets a fetcher that has ended when it is next notified; if
/// more interests are dead than alive, `sweep` removes them.
final class FetcherTable {
    /// Each retained once. The hot path reads here and counts no references.
    private var slots: ContiguousArray<Unmanaged<Fetcher>?> = []
    private var vacant: [Int] = []
    private var index: FetchIndex
    private var lastSerial: UInt64 = 0
    /// Where the sweep goes on; `nil` if there is none.
    private var sweepPlace: Int?
    /// How many fetchers are active.
    private(set) var count = 0
    /// How many interests name an active fetcher.
    private(set) var liveInterests = 0
    /// How many interests name a fetcher that has ended.
    private(set) var deadInterests = 0

    private let accounts: AccountTable

    /// - Parameter seed: The seed of `ElementTable`, so that the hash of a path serves both.
    init(_ accounts: AccountTable, seed: UInt64) {
        self.accounts = accounts
        index = FetchIndex(seed: seed)
    }

    deinit { for fetcher in slots { fetcher?.release() } }

    /// How many slots there are.
    var slotCount: Int { slots.count }

    /// How many slots are taken.
    var takenSlots: Int { slots.count - vacant.count }

    /// The fetcher in a slot.
    @inline(__always)
    subscript(slot: Int) -> Unmanaged<Fetcher>? { slots[slot] }

    /// Begins a fetcher and charges its peer.
    ///
    /// - Parameter ruleSize: How many bytes of memory the rule takes.
    func add(of peer: Peer, id: FetchID, rule: FetchRule, ruleSize: Int) throws(ErrorObject) -> Fetcher {
        try accounts.check(.fetches, 1, of: peer)
        try accounts.check(.ruleBytes, ruleSize, of: peer)
        try accounts.charge(.bytes, Fetcher.size, to: peer)
        accounts.add(.fetches, 1, to: peer)
        accounts.add(.ruleBytes, ruleSize, to: peer)
        lastSerial &+= 1
        let fetcher = Fetcher(serial: lastSerial, peer: peer, id: id, rule: rule, ruleSize: ruleSize)
        peer.fetchers[id] = fetcher
        fetcher.slot = vacant.popLast() ?? slots.count
        let reference = Unmanaged.passRetained(fetcher)
        if fetcher.slot == slots.count { slots.append(reference) } else { slots[fetcher.slot] = reference }
        index.insert(fetcher)
        count += 1
        return fetcher
    }

    /// Ends a fetcher, which may have been deactivated before. Its peer is charged for it no more, though elements may still
    /// name it.
    func end(_ fetcher: Fetcher) {
        let peer = fetcher.peer.takeUnretainedValue()
        accounts.add(.fetches, -1, to: peer)
        accounts.add(.ruleBytes, -fetcher.ruleSize, to: peer)
        accounts.add(.bytes, -Fetcher.size - fetcher.interestBytes, to: peer)
        fetcher.hasEnded = true
        fetcher.deactivate()
        fetcher.peer.takeUnretainedValue().fetchers[fetcher.id] = nil
        index.remove(fetcher)
        count -= 1
        liveInterests -= fetcher.interestCount
        deadInterests += fetcher.interestCount
        freeSlotIfUnused(fetcher)
    }

    /// Calls `body` with each fetcher whose path rule a path satisfies; see `FetchIndex.forEach`.
    @inline(__always)
    func forEach(
        matching path: UnsafeRawBufferPointer, hash: UInt32, isCostlyMatch: (Fetcher, [UInt8]) -> Bool,
        _ body: (Fetcher) -> Void
    ) {
        index.forEach(matching: path, hash: hash, isCostlyMatch: isCostlyMatch, body)
    }

    // MARK: Interests

    /// Notes in an element that a fetcher whose path rule it satisfies must hear of it.
    ///
    /// - Returns: Whether its value satisfies the rest of the rule.
    func addInterest(of fetcher: Fetcher, in element: Element, _ slice: inout Slice) -> Bool {
        let isSatisfied = !fetcher.isSelective || element.satisfies(fetcher.rule, &slice.meter)
        slice.add(fetcher.isSelective ? 120 : 30)
        element.interests.append(fetcher.slot, isSatisfied: isSatisfied)
        if fetcher.isSelective { element.selectiveInterests += 1 }
        fetcher.interestCount &+= 1
        if fetcher.interestCount % Fetcher.interestStep == 0 { charge(fetcher, steps: 1) }
        liveInterests &+= 1
        return isSatisfied
    }

    @inline(never)
    private func charge(_ fetcher: Fetcher, steps: Int) {
        let bytes = steps * fetcher.interestStepSize
        fetcher.interestBytes += bytes
        accounts.addForInterests(bytes, to: fetcher.peer.takeUnretainedValue())
    }

    /// Removes the interest at `index` of an element, which is one of `fetcher`.
    func removeInterest(of fetcher: Fetcher, in element: Element, at index: UInt32) {
        element.interests.remove(at: index)
        if fetcher.isSelective { element.selectiveInterests -= 1 }
        fetcher.interestCount -= 1
        if !fetcher.hasEnded {
            if (fetcher.interestCount + 1) % Fetcher.interestStep == 0 { charge(fetcher, steps: -1) }
            liveInterests -= 1
        } else {
            deadInterests -= 1
            freeSlotIfUnused(fetcher)
        }
    }

    /// Removes all interests of an element, before it is removed itself.
    func removeInterests(in element: Element) {
        while element.interests.count > 0 {
            let last = element.interests.count - 1
            guard let fetcher = slots[element.interests[last]] else {
                element.interests.remove(at: last)
                continue
            }
            removeInterest(of: fetcher.takeUnretainedValue(), in: element, at: last)
        }
    }

    private func freeSlotIfUnused(_ fetcher: Fetcher) {
        guard fetcher.hasEnded, fetcher.interestCount == 0 else { return }
        vacant.append(fetcher.slot)
        slots[fetcher.slot]?.release()
        slots[fetcher.slot] = nil
    }

    // MARK: Sweeping

    /// Whether the interests of fetchers that have ended outnumber the others, and should be removed.
    var needsSweep: Bool { sweepPlace != nil || deadInterests > liveInterests + 1024 }

    /// Removes the interests of fetchers that have ended, until the slice is exhausted.
    func sweep(_ elements: ElementTable, _ slice: inout Slice) {
        var place = sweepPlace ?? 0
        while place < elements.end, deadInterests > 0, !slice.isExhausted {
            slice.add(10)
            if let element = elements[place] { sweep(element, &slice) }
            place += 1
        }
        sweepPlace = place < elements.end && deadInterests > 0 ? place : nil
    }

    private func sweep(_ element: Element, _ slice: inout Slice) {
        var at: UInt32 = 0
        while at < element.interests.count {
            slice.add(5)
            guard let fetcher = slots[element.interests[at]]?.takeUnretainedValue(), !fetcher.isActive else {
                at += 1
                continue
            }
            removeInterest(of: fetcher, in: element, at: at)
        }
    }

    /// The table of elements was packed.
    func relocateSweep(_ move: ElementTable.Move) { sweepPlace = sweepPlace.map(move.place) }
}
