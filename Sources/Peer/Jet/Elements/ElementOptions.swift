public import JetProtocol

/// The properties of an element other than its path and value.
///
///     let options = ElementOptions(
///         timeout: .seconds(30), access: Access(setGroups: ["admin"]),
///         meta: Metadata(title: "Fan", unit: "rpm", datatype: .integer, format: "0:5000:1"))
///     let fan = try await peer.addState("fan/speed", 0, options: options) { _ in .accept }
public struct ElementOptions: Hashable, Sendable {
    /// How long a set or call may take, unless the caller says; without it the daemon's own idea, 5 s.
    public var timeout: Duration?
    /// Which groups of peers may see and use it; without it, all.
    public var access: Access?
    /// Title, unit, type and range, for people and tools.
    public var meta: Metadata?
    /// Whether others can only fetch it. A State without a set handler is fetch-only anyway.
    public var fetchOnly: Bool
    /// Whether its handler receives the caller of a set or call: `SetRequest.caller`, `CallRequest.caller`. A daemon
    /// that does not know this takes no notice.
    public var caller: Bool

    /// Options with these values.
    public init(
        timeout: Duration? = nil, access: Access? = nil, meta: Metadata? = nil, fetchOnly: Bool = false,
        caller: Bool = false
    ) {
        self.timeout = timeout
        self.access = access
        self.meta = meta
        self.fetchOnly = fetchOnly
        self.caller = caller
    }

    /// The members of `add`, as text.
    func members(fetchOnly: Bool) -> [UInt8] {
        var members = ObjectText()
        if fetchOnly { members.append(MemberName.fetchOnly, Text.true) }
        if let timeout { members.append(MemberName.timeout, timeout.bounded) }
        if let access { members.append(MemberName.access, access.json.text) }
        if let meta { members.append(MemberName.meta, meta.json.text) }
        if caller { members.append(MemberName.caller, Text.true) }
        return members.members
    }
}
