public import JSONText

/// The *access* of an element: which groups of peers may fetch and use it (jet-protocol(7) §6.1). A list admits the peers that
/// are in one of its groups. An absent list admits all peers, an empty one none.
public struct Access: Hashable, Sendable {
    /// The groups that may fetch the element.
    public var fetchGroups: [String]?
    /// The groups that may set the State.
    public var setGroups: [String]?
    /// The groups that may call the Method.
    public var callGroups: [String]?

    /// An access of these lists.
    public init(fetchGroups: [String]? = nil, setGroups: [String]? = nil, callGroups: [String]? = nil) {
        self.fetchGroups = fetchGroups
        self.setGroups = setGroups
        self.callGroups = callGroups
    }

    /// Reads an `access` member; `nil` if it is not an object, or a list is not an array of strings.
    public init?(parsing value: JSON) {
        guard case .object = value else { return nil }
        func groups(_ name: String) -> [String]?? {
            guard let list = value.optional(name) else { return .some(nil) }
            guard let elements = list.array else { return nil }
            let names = elements.compactMap(\.string)
            return names.count == elements.count ? .some(names) : nil
        }
        guard let fetch = groups("fetchGroups"), let set = groups("setGroups"), let call = groups("callGroups") else {
            return nil
        }
        self.init(fetchGroups: fetch, setGroups: set, callGroups: call)
    }

    /// The `access` member.
    public var json: JSON {
        var object = JSON.Object()
        object["fetchGroups"] = fetchGroups.map { .array($0.map(JSON.string)) }
        object["setGroups"] = setGroups.map { .array($0.map(JSON.string)) }
        object["callGroups"] = callGroups.map { .array($0.map(JSON.string)) }
        return .object(object)
    }
}

/// The groups that a peer is in (jet-protocol(7) §6.2).
public struct Groups: Hashable, Sendable {
    /// The groups for fetching.
    public var fetch: Set<String>
    /// The groups for setting.
    public var set: Set<String>
    /// The groups for calling.
    public var call: Set<String>

    /// Groups of these names.
    public init(fetch: Set<String> = [], set: Set<String> = [], call: Set<String> = []) {
        self.fetch = fetch
        self.set = set
        self.call = call
    }

    /// Whether a list admits a peer with these groups.
    public static func admits(_ list: [String]?, _ groups: Set<String>) -> Bool {
        guard let list else { return true }
        return list.contains { groups.contains($0) }
    }
}

extension Groups {
    /// The result of `authenticate`, with sorted lists.
    public var json: JSON {
        func list(_ names: Set<String>) -> JSON { .array(names.sorted().map(JSON.string)) }
        return ["fetchGroups": list(fetch), "setGroups": list(set), "callGroups": list(call)]
    }
}
