import JetProtocol

/// The hot path: an element has changed, and all who fetched it hear of it.
extension Bus {
    /// Tells the fetchers of an element what happened to it. What all of them are told alike is rendered once and copied
    /// into each outbox.
    ///
    /// - Parameter sender: Who caused it, by a message that is being handled.
    @inline(__always)
    func notify(_ event: Conflation.Event, of element: Element, by sender: Unmanaged<Peer>?) {
        guard element.interests.count > 0 else { return }
        /// Whether the rendered tail says fetchOnly; `nil` before it is rendered.
        var rendered: Bool?
        var at: UInt32 = 0
        while at < element.interests.count {
            guard let reference = fetchers[element.interests[at]] else { return }
            let isTold = reference._withUnsafeGuaranteedRef { fetcher in
                guard fetcher.isPlain else { return false }
                return fetcher.peer._withUnsafeGuaranteedRef { peer in
                    guard peer.outbox.count < peer.notifyLimit else { return false }
                    let fetchOnly = event == .add && element.isFetchOnly(for: peer)
                    if rendered != fetchOnly {
                        renderTail(event, of: element, fetchOnly: fetchOnly)
                        rendered = fetchOnly
                    }
                    tell(peer, scratch.bytes, of: fetcher)
                    return true
                }
            }
            if isTold {
                counters.notifications &+= 1
                at &+= 1
            } else {
                rendered = nil
                if notifyOther(reference.takeUnretainedValue(), event, of: element, at: at, by: sender) { at &+= 1 }
            }
        }
    }

    /// Tells a fetcher that is not plain, or whose peer does not read.
    ///
    /// - Returns: Whether it goes on to be one of the element's interests.
    @inline(never)
    private func notifyOther(
        _ fetcher: Fetcher, _ event: Conflation.Event, of element: Element, at: UInt32, by sender: Unmanaged<Peer>?
    ) -> Bool {
        guard fetcher.isActive else {
            element.interests.remove(at: at)
            lostInterest(of: fetcher, in: element)
            return false
        }
        guard !fetcher.isSelective else {
            notifySelective(fetcher, event, of: element, at: at, by: sender)
            return true
        }
        let peer = fetcher.peer.takeUnretainedValue()
        counters.notifications &+= 1
        conflate(
            event, of: element, for: fetcher, of: peer, isSender: fetcher.peer.toOpaque() == sender?.toOpaque())
        return true
    }

    /// Puts a notification of a fetcher into its peer's outbox.
    ///
    /// - Parameter tail: What stands behind the fetcher's head.
    @inline(__always)
    func tell(_ peer: Peer, _ tail: UnsafeRawBufferPointer, of fetcher: Fetcher) {
        markDirty(peer)
        peer.outbox.append(fetcher.head.bytes, tail)
    }

    /// Renders what stands behind a fetcher's head into `scratch`.
    @inline(__always)
    func renderTail(_ event: Conflation.Event, of element: Element, fetchOnly: Bool) {
        scratch.removeAll(keepingAtMost: 1 << 20)
        guard event == .change, !element.isMethod else {
            scratch.append(",\"params\":")
            renderEntry(event, of: element, fetchOnly: fetchOnly)
            scratch.append("}")
            return
        }
        // The same in one piece, for what is by far the most frequent.
        let path = element.quotedPath
        let value = element.value.bytes
        let first: StaticString = ",\"params\":{\"path\":"
        let second: StaticString = ",\"event\":\"change\",\"value\":"
        let last: StaticString = "}}"
        let constant = first.utf8CodeUnitCount &+ second.utf8CodeUnitCount &+ last.utf8CodeUnitCount
        scratch.extend(by: constant &+ path.count &+ value.count)
            .putting(first).putting(path).putting(second).putting(value).put(last)
    }

    /// Renders `{"path":...,"event":...}` behind what is in `scratch`.
    @inline(__always)
    func renderEntry(_ event: Conflation.Event, of element: Element, fetchOnly: Bool) {
        scratch.append("{\"path\":")
        scratch.append(element.quotedPath)
        switch event {
        case .add: scratch.append(",\"event\":\"add\"")
        case .change: scratch.append(",\"event\":\"change\"")
        case .remove: scratch.append(",\"event\":\"remove\"")
        }
        if !element.isMethod {
            scratch.append(",\"value\":")
            scratch.append(element.value.bytes)
        }
        if event == .add {
            if fetchOnly { scratch.append(",\"fetchOnly\":true") }
            if let meta = element.details?.meta {
                scratch.append(",\"meta\":")
                scratch.append(meta)
            }
        }
        scratch.append("}")
    }

    // MARK: Slow peers

    /// Keeps a notification for a peer whose outbox is full.
    ///
    /// A peer that is told of its own doing gets it at once: it must come before the response.
    func conflate(
        _ event: Conflation.Event, of element: Element, for fetcher: Fetcher, of peer: Peer, isSender: Bool
    ) {
        if isSender {
            guard peer.outbox.count < configuration.outboxCeiling else { return refuseForOutbox(peer) }
            // An element's events all come from its owner, so of this element nothing can be waiting. But what another
            // peer had at this path before goes before this comes.
            if event == .add, let tail = peer.conflation?.takeRemoval(at: element.path, for: fetcher) {
                tail.withUnsafeBytes { tell(peer, $0, of: fetcher) }
            }
            renderTail(event, of: element, fetchOnly: event == .add && element.isFetchOnly(for: peer))
            tell(peer, scratch.bytes, of: fetcher)
            return
        }
        var tail: [UInt8]?
        if event == .remove {
            renderTail(.remove, of: element, fetchOnly: false)
            tail = Array(scratch.bytes)
        }
        if !peer.isConflating {
            note(.slow, of: peer)
            peer.beginConflating()
        }
        if peer.conflation?.note(event, of: element, for: fetcher, tail: tail) == true { counters.conflated &+= 1 }
    }

    /// Renders what was conflated for a peer, up to the size of a chunk. With the last of it the peer keeps up again.
    func continueConflated(_ peer: Peer) {
        continueWindows(of: peer)
        guard peer.isConflating else { return }
        while peer.outbox.count < configuration.snapshotChunk {
            guard let entry = peer.conflation?.next() else {
                peer.endConflating(outboxLimit: configuration.outboxLimit)
                return
            }
            if let tail = entry.tail {
                tail.withUnsafeBytes { tell(peer, $0, of: entry.fetcher) }
            } else {
                let fetchOnly = entry.event == .add && entry.element.isFetchOnly(for: peer)
                renderTail(entry.event, of: entry.element, fetchOnly: fetchOnly)
                tell(peer, scratch.bytes, of: entry.fetcher)
            }
        }
    }
}
