import JSONText

/// What a peer can know of the bus from what it has read, and whether it could be so: the rules that hold for every
/// peer, however slow. It never sees an older value after a newer one, never misses an add or a remove of what it then
/// still knows, and ends with the truth.
struct Witness {
    /// For each fetch, what it knows of each path: the add that would tell of it.
    private(set) var known: [JSON: [String: JSON]] = [:]
    /// For each fetch, the newest value it has seen of each path; they grow with time.
    private var newest: [JSON: [String: Int]] = [:]
    /// The values that it has given to its own elements.
    private var ownValues: Set<Int> = []
    /// Its requests that are not answered yet.
    private var requests: [JSON: JSON] = [:]

    /// The peer sends a message.
    mutating func send(_ message: JSON) {
        for message in message.array ?? [message] {
            if let id = message["id"], id.string == nil { requests[id] = message }
            if let value = message["params"]?["value"]?.int { ownValues.insert(value) }
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

    private mutating func readNotification(_ fetch: JSON, _ params: JSON) -> String? {
        guard let paths = known[fetch] else { return "a notification of no fetch" }
        let path = params["path"]?.string ?? ""
        let event = params["event"]?.string
        guard (event == "add") == (paths[path] == nil) else {
            return event == "add" ? "an add of what is known" : "a \(event ?? "") of what is not known"
        }
        if let value = params["value"]?.int {
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
            if let fetch = params?["id"] {
                known[fetch] = [:]
                newest[fetch] = [:]
            }
        case "unfetch":
            if let fetch = params?["id"] { known[fetch] = nil }
        case "add", "change", "remove":
            // Its own notifications came before, of what it knew to be its own. A snapshot that is still under way may
            // leave it with what another peer had there before.
            let value = request["method"] == "remove" ? nil : params?["value"]?.int
            for paths in known.values {
                guard let seen = paths[path]?["value"]?.int, ownValues.contains(seen), seen != value else { continue }
                return "a response before its notification"
            }
        default: break
        }
        return nil
    }
}
