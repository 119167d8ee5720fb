public import JSONText

/// The *access* of an element: which groups of peers may see and use it (jet-protocol(7) §6). A list restricts to peers that
/// are in one of its groups; an absent one does not restrict; an empty one shuts everyone out.
public struct Access: Hashable, Sendable {
    /// Who may see the element in a fetch or a get.
    public var fetchGroups: [String]?
    /// Who may set the State.
    public var setGroups: [String]?
    /// Who may call the Method.
    public var callGroups: [String]?

    /// An access of these lists.
    public init(fetchGroups: [String]? = nil, setGroups: [String]? = nil, callGroups: [String]? = nil) {
        self.fetchGroups = fetchGroups
        self.setGroups = setGroups
        self.callGroups = callGroups
    }

    /// Reads an `access` member; `nil` if it is no object, or a list is no array of strings.
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

/// The groups that a peer is in, by what they let it do.
public struct Groups: Hashable, Sendable {
    /// Groups for seeing.
    public var fetch: Set<String>
    /// Groups for setting.
    public var set: Set<String>
    /// Groups for calling.
    public var call: Set<String>

    /// Groups of these names.
    public init(fetch: Set<String> = [], set: Set<String> = [], call: Set<String> = []) {
        self.fetch = fetch
        self.set = set
        self.call = call
    }

    /// Whether a list that restricts, or none, lets a peer with these groups through.
    public static func admits(_ list: [String]?, _ groups: Set<String>) -> Bool {
        guard let list else { return true }
        return list.contains { groups.contains($0) }
    }
}

extension Groups {
    /// What `authenticate` answers: each list in the order of the names.
    public var json: JSON {
        func list(_ names: Set<String>) -> JSON { .array(names.sorted().map(JSON.string)) }
        return ["fetchGroups": list(fetch), "setGroups": list(set), "callGroups": list(call)]
    }
}
