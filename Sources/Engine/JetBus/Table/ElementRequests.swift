import JSONText
import JetProtocol

/// What owners do with their elements: `add`, `remove`, `change` (jet-protocol(7) §2).
final class ElementRequests {
    private let elements: ElementTable
    private let fetchers: FetcherTable
    private let notifier: Notifier
    private let snapshots: Snapshots
    private let delivery: Delivery
    private let peers: PeerTable
    private let accounts: AccountTable
    private let pathOwners: PathOwners

    init(
        _ elements: ElementTable, _ fetchers: FetcherTable, _ notifier: Notifier, _ snapshots: Snapshots,
        _ delivery: Delivery, _ peers: PeerTable, _ accounts: AccountTable, _ pathOwners: PathOwners
    ) {
        self.elements = elements
        self.fetchers = fetchers
        self.notifier = notifier
        self.snapshots = snapshots
        self.delivery = delivery
        self.peers = peers
        self.accounts = accounts
        self.pathOwners = pathOwners
    }

    @inline(__always)
    func add(_ request: borrowing Request) throws(ErrorObject) {
        let path = try request.path()
        let value = request.param("value")
        // Most elements are added with nothing else, which then needs not be looked for.
        let isPlain = request.paramCount == (value == nil ? 1 : 2)
        let fetchOnly = isPlain ? false : try request.flag("fetchOnly")
        let details = isPlain ? nil : try details(of: request)
        let isAdmitted = request.sender._withUnsafeGuaranteedRef { pathOwners.admit($0, at: path) }
        guard isAdmitted else { throw .invalidPath(.noAccess, path) }
        let hash = elements.hash(of: path)
        // That a path is taken shows even if the element may not be fetched: two elements cannot have the same path.
        if let other = elements.find(path, hash: hash) { try makeRoom(for: path, by: other.takeUnretainedValue()) }
        let bytes = value.map { request.bytes($0) }
        try checkQuotas(of: request.sender, Element.leastSize(path: path, value: bytes, details: details))
        let element = elements.add(
            path: path, hash: hash, owner: request.sender, value: bytes, fetchOnly: fetchOnly, details: details)
        snapshots.addInterests(in: element, hash: hash)
        notifier.notify(.add, of: element, by: request.sender)
        delivery.succeed(request)
    }

    /// Checks whether a peer may have one more element, of this size.
    @inline(__always)
    private func checkQuotas(of peer: Unmanaged<Peer>, _ size: Int) throws(ErrorObject) {
        let refusal: ErrorObject? = peer._withUnsafeGuaranteedRef { peer in
            do throws(ErrorObject) {
                try accounts.check(.elements, 1, of: peer)
                try accounts.check(.bytes, size, of: peer)
                return nil
            } catch {
                return error
            }
        }
        if let refusal { throw refusal }
    }

    /// Removes an element that is in the way of a new one, if its owner is disconnected.
    private func makeRoom(for path: UnsafeRawBufferPointer, by element: Element) throws(ErrorObject) {
        guard element.isDeparting else { throw .invalidPath(.pathAlreadyExists, path) }
        remove(element, by: nil)
    }

    private func details(of request: borrowing Request) throws(ErrorObject) -> Element.Details? {
        let timeout = try request.timeout()
        var access: Access?
        if let range = request.optional("access") {
            access = Access(parsing: request.value(range))
            guard access != nil else { throw .wrongType("access", got: request.params) }
        }
        var meta: [UInt8]?
        if let range = request.optional("meta") {
            guard request.text[range.start] == UInt8(ascii: "{") else {
                throw .wrongType("meta", got: request.params)
            }
            meta = Array(request.bytes(range))
        }
        let wantsCaller = try request.flag("caller")
        guard timeout != nil || access != nil || meta != nil || wantsCaller else { return nil }
        return Element.Details(access: access, meta: meta, timeout: timeout, wantsCaller: wantsCaller)
    }

    func remove(_ request: borrowing Request) throws(ErrorObject) {
        let element = try ownElement(of: request).takeUnretainedValue()
        remove(element, by: request.sender)
        packIfSmall()
        delivery.succeed(request)
    }

    /// How many elements of a peer that is disconnected are removed in the order in which they were added. Of more, the
    /// others are removed in any order.
    private static let sortedRemovals = 4096

    /// Begins to remove the elements of a peer that is disconnected.
    func beginRemovingAll(of peer: Peer, _ slice: inout Slice) {
        guard !peer.owned.isEmpty, peer.owned.count <= Self.sortedRemovals else { return }
        let owned = peer.owned.map { $0.takeUnretainedValue() }
        for element in owned.sorted(by: { $0.serial < $1.serial }) where !slice.isExhausted {
            slice.add(Self.removal + Int(element.interests.count) * 60)
            remove(element, by: nil)
        }
        packIfSmall()
    }

    /// Removes the elements of a peer that is disconnected, until the slice is exhausted.
    func removeAll(of peer: Peer, _ slice: inout Slice) {
        while let element = peer.owned.last?.takeUnretainedValue(), !slice.isExhausted {
            slice.add(Self.removal + Int(element.interests.count) * 60)
            remove(element, by: nil)
        }
    }

    /// The work of removing an element.
    private static let removal = 200

    /// - Parameter sender: The peer that requested it; `nil` if it is disconnected.
    private func remove(_ element: Element, by sender: Unmanaged<Peer>?) {
        notifier.notify(.remove, of: element, by: sender)
        fetchers.removeInterests(in: element)
        elements.remove(element)
    }

    /// Packs a small table immediately; a large one is packed in `packSome`.
    private func packIfSmall() { if elements.needsPacking, elements.end <= 4096 { packSome(4096) } }

    /// Packs some places of the table of elements, and moves all walks over it.
    func packSome(_ most: Int) {
        let move = elements.pack(most: most)
        fetchers.relocateSweep(move)
        peers.forEach { peer in
            snapshots.relocate(of: peer, move)
            peer.job?.job.relocate(move)
        }
    }

    @inline(__always)
    func change(_ request: borrowing Request) throws(ErrorObject) {
        let reference = try ownElement(of: request)
        guard let value = request.param("value") else { throw request.missing("value") }
        // The sender is written to first: it can continue while the subscribers are being written to.
        if request.message.id != nil { request.sender._withUnsafeGuaranteedRef { delivery.enqueue($0) } }
        let refusal: ErrorObject? = reference._withUnsafeGuaranteedRef { element in
            guard !element.isMethod else { return ErrorObject.invalidParams(.notAState, Array(element.quotedPath)) }
            let value = request.bytes(value)
            let isMoving = element.value.needsMove(for: UInt32(truncatingIfNeeded: value.count))
            if isMoving, let refusal = chargeGrowth(of: element, to: value.count) { return refusal }
            notifier.change(element, to: value, isMoving: isMoving, by: request.sender)
            request.sender._withUnsafeGuaranteedRef { snapshots.addChanged(element, to: $0) }
            return nil
        }
        if let refusal { throw refusal }
        delivery.succeed(request)
    }

    /// Charges the owner of a State whose value needs more memory, or takes back a part of the charge.
    ///
    /// - Returns: The refusal. Then the value stays as it is.
    @inline(never)
    private func chargeGrowth(of element: Element, to size: Int) -> ErrorObject? {
        let growth = element.value.growth(to: UInt32(truncatingIfNeeded: size))
        let owner = element.owner.takeUnretainedValue()
        do throws(ErrorObject) {
            if growth > 0 { try accounts.check(.bytes, growth, of: owner) }
            accounts.add(.bytes, growth, to: owner)
            return nil
        } catch {
            return error
        }
    }

    /// The element at the request's path, if the peer owns it.
    @inline(__always)
    private func ownElement(of request: borrowing Request) throws(ErrorObject) -> Unmanaged<Element> {
        let path = try request.path()
        guard let reference = elements.find(path) else { throw .invalidPath(.pathNotExists, path) }
        let isOwn = reference._withUnsafeGuaranteedRef { $0.owner.toOpaque() == request.sender.toOpaque() }
        guard isOwn else {
            let exists = reference.takeUnretainedValue().exists(for: request.sender)
            throw .invalidPath(exists ? .foreignPath : .pathNotExists, path)
        }
        return reference
    }
}
