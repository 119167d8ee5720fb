import JSONText

/// What peers see: by rule, by access, in an order (jet-protocol(7) §4 and §6). It is computed again each time.
extension Model {
    /// The elements that a peer sees by a rule, in the order in which they were added.
    private func seen(_ rule: NaiveRule, by peer: Int) -> [Element] {
        elements.filter { isSeen($0, by: peer, rule) }
    }

    private func isSeen(_ element: Element, by peer: Int, _ rule: NaiveRule) -> Bool {
        mayFetch(element, peer) && rule.matches(element.path, element.value)
    }

    /// The elements that a peer sees by a sorted rule: those of its window, each with its index.
    func window(of rule: NaiveRule, for peer: Int) -> [JSON] {
        let places = rule.sorted(seen(rule, by: peer)).enumerated()
        return places.filter { $0.offset + 1 >= rule.from && $0.offset + 1 <= rule.to }.map { place, element in
            var entry: JSON.Object = ["path": .string(element.path), "index": .number(place + 1)]
            entry["value"] = element.value
            if isFetchOnly(element, for: peer) { entry["fetchOnly"] = true }
            return .object(entry)
        }
    }

    /// What a peer knows of one of its plain fetches when it has been told everything: by path, the add that would tell
    /// of it.
    func truth(of fetch: Fetch, for peer: Int) -> [String: JSON] {
        let seen = seen(fetch.rule, by: peer).filter { fetch.rule.limit == nil || fetch.admitted.contains($0.path) }
        return Dictionary(uniqueKeysWithValues: seen.map { ($0.path, entry("add", $0, for: peer)) })
    }

    /// How many elements satisfy the rule of a fetch, if its peer wants to know.
    func total(of rule: NaiveRule, for peer: Int) -> Int? { rule.hasTotal ? seen(rule, by: peer).count : nil }

    func get(_ rule: NaiveRule, by peer: Int) -> [JSON] {
        guard rule.key == nil else { return window(of: rule, for: peer) }
        return seen(rule, by: peer).prefix(rule.limit ?? .max).map { entry("add", $0, for: peer) }
    }

    // MARK: Notifications

    /// The window of a fetch is moved: its peer receives all of it.
    mutating func move(_ params: JSON, of peer: Int) {
        guard let index = peers[peer]?.fetches.firstIndex(where: { $0.id == params["id"] }),
            var fetch = peers[peer]?.fetches[index]
        else { return }
        fetch.rule.from = params["from"]?.int ?? 0
        fetch.rule.to = params["to"]?.int ?? 0
        fetch.told = nil
        tellWindow(of: &fetch, to: peer)
        peers[peer]?.fetches[index] = fetch
    }

    /// A fetch begins: its peer is told what is there.
    mutating func show(_ fetch: Fetch, to peer: Int) {
        var fetch = fetch
        fetch.line = fetch.rule.limit == nil ? [] : seen(fetch.rule, by: peer).map(\.path)
        if fetch.isSorted {
            tellWindow(of: &fetch, to: peer)
        } else {
            for (_, entry) in truth(of: fetch, for: peer) { tell(peer, fetch, entry) }
        }
        peers[peer]?.fetches.append(fetch)
    }

    /// Tells all who fetch what has happened to an element.
    ///
    /// - Parameters:
    ///   - element: As it is now, or, if it is gone, as it was.
    ///   - old: As it was, if it has changed.
    mutating func notify(_ event: String, _ element: Element, from old: Element? = nil) {
        for (number, peer) in peers {
            for (index, fetch) in peer.fetches.enumerated() {
                var fetch = fetch
                if fetch.isSorted {
                    tellWindow(of: &fetch, to: number, touched: event == "change" ? element.path : nil)
                } else if fetch.rule.limit != nil {
                    notifyAdmitted(event, element, &fetch, of: number)
                } else {
                    let isNow = isSeen(element, by: number, fetch.rule)
                    let was = old.map { isSeen($0, by: number, fetch.rule) } ?? isNow
                    notify(event, element, fetch, of: number, was: was, isNow: isNow)
                }
                peers[number]?.fetches[index] = fetch
            }
        }
    }

    /// Whose rule an element satisfied only before, or only now, hears of a remove or an add instead of a change.
    private mutating func notify(
        _ event: String, _ element: Element, _ fetch: Fetch, of peer: Int, was: Bool, isNow: Bool
    ) {
        guard was || isNow else { return }
        tell(peer, fetch, entry(was == isNow ? event : isNow ? "add" : "remove", element, for: peer))
    }

    /// With `max`, the first of the line are in.
    private mutating func notifyAdmitted(_ event: String, _ element: Element, _ fetch: inout Fetch, of peer: Int) {
        let before = fetch.admitted
        let stays = event != "remove" && isSeen(element, by: peer, fetch.rule)
        if !stays {
            fetch.line.removeAll { $0 == element.path }
        } else if !fetch.line.contains(element.path) {
            fetch.line.append(element.path)
        }
        let after = fetch.admitted
        if before.contains(element.path) {
            tell(peer, fetch, entry(stays ? "change" : "remove", element, for: peer))
        }
        for element in elements where after.contains(element.path) && !before.contains(element.path) {
            tell(peer, fetch, entry("add", element, for: peer))
        }
    }

    /// Tells a peer what is different in a window, byte for byte, and the element that has changed, if it is in the window,
    /// even to the same value.
    private mutating func tellWindow(of fetch: inout Fetch, to peer: Int, touched path: String? = nil) {
        let window = window(of: fetch.rule, for: peer)
        let told = Dictionary(uniqueKeysWithValues: (fetch.told ?? []).map { ($0["index"], $0.text) })
        let changes = window.filter { told[$0["index"]] != $0.text || path != nil && $0["path"]?.string == path }
        let total = total(of: fetch.rule, for: peer)
        guard !changes.isEmpty || window.count != fetch.told?.count || total ?? 0 != fetch.toldTotal else { return }
        fetch.told = window
        fetch.toldTotal = total ?? 0
        var params: JSON.Object = ["n": .number(window.count), "changes": .array(changes)]
        params["total"] = total.map { .number($0) }
        tell(peer, fetch, .object(params))
    }

    private mutating func tell(_ peer: Int, _ fetch: Fetch, _ params: JSON) {
        outgoing[peer, default: []].append(.notification(fetch: fetch.id, params: params))
    }

    private func entry(_ event: String, _ element: Element, for peer: Int) -> JSON {
        var more = JSON.Object()
        if event == "add" {
            if isFetchOnly(element, for: peer) { more["fetchOnly"] = true }
            more["meta"] = element.params.given("meta")
        }
        return .entry(event, element.path, element.value, more)
    }

    // MARK: Access

    func mayFetch(_ element: Element, _ peer: Int) -> Bool {
        admits(element, "fetchGroups", peers[peer]?.fetchGroups)
    }

    /// Whether an element exists for a peer.
    func exists(_ element: Element, for peer: Int) -> Bool { element.owner == peer || mayFetch(element, peer) }

    private func isFetchOnly(_ element: Element, for peer: Int) -> Bool {
        element.params["fetchOnly"] == true || peers[peer]?.isStranger == true || !mayUse(element, peer)
    }

    /// Whether a peer may set (call) an element, as far as groups decide.
    func mayUse(_ element: Element, _ peer: Int) -> Bool {
        element.value != nil
            ? admits(element, "setGroups", peers[peer]?.setGroups)
            : admits(element, "callGroups", peers[peer]?.callGroups)
    }

    private func admits(_ element: Element, _ list: String, _ groups: Set<String>?) -> Bool {
        guard let list = element.params["access"]?[list]?.array else { return true }
        return list.contains { groups?.contains($0.string ?? "") == true }
    }
}
