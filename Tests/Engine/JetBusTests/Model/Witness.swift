import JSONText

/// What a peer can know of the bus from what it has read, and whether it could be so: the rules that hold for every
/// peer, however slow. It never sees an older value after a newer one, never misses an add or a remove of what it then
/// still knows, and ends with the truth.
struct Witness {
    /// For each fetch, what it knows of each path: the add that would tell of it.
    private(set) var known: [JSON: [String: JSON]] = [:]
    /// For each sorted fetch, its window; `nil` before it was told.
    private(set) var windows: [JSON: [JSON]?] = [:]
    /// For each sorted fetch, the index with which its window begins.
    private var beginnings: [JSON: Int] = [:]
    /// For each sorted fetch that wants it, the total that it was told last.
    private(set) var totals: [JSON: Int] = [:]
    /// Whether it keeps up: then it is told nothing that it knows already.
    private let keepsUp: Bool
    /// For each fetch, the newest value it has seen of each path; they grow with time.
    private var newest: [JSON: [String: Int]] = [:]
    /// The values that it has given to its own elements.
    private var ownValues: Set<Int> = []
    /// Its requests that are not answered yet.
    private var requests: [JSON: JSON] = [:]

    init(keepsUp: Bool) { self.keepsUp = keepsUp }

    /// The peer sends a message.
    mutating func send(_ message: JSON) {
        for message in message.array ?? [message] {
            if let id = message["id"], id.string == nil { requests[id] = message }
            if let value = age(message["params"]) { ownValues.insert(value) }
        }
    }

    /// The peer reads a message.
    ///
    /// - Returns: What is wrong with it.
    mutating func read(_ message: Model.Message) -> String? {
        switch message {
        case .response(let response): readResponse(response)
        case .notification(let fetch, let params): readNotification(fetch, params)
        case .routed: nil
        }
    }

    /// From here on, numbers in values grow with time; smaller ones come again and again.
    static let firstAge = 1000

    /// The number in a value that grows with time, if there is one.
    static func age(of value: JSON?) -> Int? {
        let number = value?.int ?? value?["v"]?.int ?? value?[0]?.int ?? Int(value?.string ?? "")
        return number.flatMap { $0 > firstAge ? $0 : nil }
    }

    private func age(_ params: JSON?) -> Int? { Self.age(of: params?["value"]) }

    /// The rule of a client that keeps a window: drop what is beyond `from + n - 1`, apply the changes.
    private mutating func readWindow(_ fetch: JSON, _ params: JSON) -> String? {
        guard let window = windows[fetch], let from = beginnings[fetch] else { return "a window of no fetch" }
        let n = params["n"]?.int ?? -1
        var entries = Dictionary(uniqueKeysWithValues: (window ?? []).map { ($0["index"]?.int ?? 0, $0) })
        entries = entries.filter { $0.key < from + n }
        for change in params["changes"]?.array ?? [] { entries[change["index"]?.int ?? 0] = change }
        guard n >= 0, entries.keys.sorted() == Array(from..<from + n) else { return "a window with holes" }
        let told = entries.sorted { $0.key < $1.key }.map(\.value)
        // Only a change is notified again when the value is the same.
        let total = params["total"]?.int
        if keepsUp, told == window, params["changes"] == [], total == totals[fetch] { return "a window that is known" }
        windows[fetch] = told
        totals[fetch] = total
        return nil
    }

    private mutating func readNotification(_ fetch: JSON, _ params: JSON) -> String? {
        if params["n"] != nil { return readWindow(fetch, params) }
        guard let paths = known[fetch] else { return "a notification of no fetch" }
        let path = params["path"]?.string ?? ""
        let event = params["event"]?.string
        guard (event == "add") == (paths[path] == nil) else {
            return event == "add" ? "an add of what is known" : "a \(event ?? "") of what is not known"
        }
        if let value = age(params) {
            let last = newest[fetch]?[path] ?? -1
            guard value > last || event == "remove" && value == last else { return "an older value" }
            newest[fetch]?[path] = value
        }
        switch event {
        case "add": known[fetch]?[path] = params
        case "change":
            var entry = paths[path]?.object ?? [:]
            entry["value"] = params["value"]
            known[fetch]?[path] = .object(entry)
        default: known[fetch]?[path] = nil
        }
        return nil
    }

    private mutating func readResponse(_ response: JSON) -> String? {
        guard let id = response["id"], let request = requests.removeValue(forKey: id), response["error"] == nil else {
            return nil
        }
        let params = request["params"]
        let path = params?["path"]?.string ?? ""
        switch request["method"]?.string {
        case "fetch":
            if let fetch = params?["id"], params?.given("sort") != nil {
                windows[fetch] = .some(nil)
                beginnings[fetch] = params?["sort"]?["from"]?.int ?? 1
                totals[fetch] = nil
            } else if let fetch = params?["id"] {
                known[fetch] = [:]
                newest[fetch] = [:]
            }
        case "unfetch":
            if let fetch = params?["id"] {
                known[fetch] = nil
                windows.removeValue(forKey: fetch)
                totals[fetch] = nil
            }
        case "moveWindow":
            // All of the window comes again, so what is known of it is forgotten.
            if let fetch = params?["id"] {
                windows[fetch] = .some(nil)
                beginnings[fetch] = params?["from"]?.int ?? 1
            }
        case "add", "change", "remove":
            // Its own notifications came before, of what it knew to be its own. A snapshot that is still under way may
            // leave it with what another peer had there before.
            let value = request["method"] == "remove" ? nil : age(params)
            for paths in known.values {
                guard let seen = age(paths[path]), ownValues.contains(seen), seen != value else { continue }
                return "a response before its notification"
            }
        default: break
        }
        return nil
    }
}
