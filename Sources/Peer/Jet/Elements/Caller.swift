public import JetProtocol
import JSONText

/// The peer that sets or calls, as the daemon reports it, if the element was added with
/// `ElementOptions.caller` (jet-protocol(7) §7.2).
///
///     try await peer.addState("door/lock", true, options: ElementOptions(caller: true)) { request in
///         log("set to \(request.value) by \(request.caller?.user ?? "somebody")")
///         return .accept
///     }
public struct Caller: Hashable, Sendable {
    /// What the peer calls itself, if it does. Any peer can call itself anything.
    public var peer: String?
    /// The user that it has authenticated as, if it has.
    public var user: String?
    /// The system's user that runs it, if it came over a unix socket, as the kernel reports it.
    public var uid: UInt32?
    /// The groups that it is in.
    public var groups: Groups

    /// A caller with these properties.
    public init(peer: String? = nil, user: String? = nil, uid: UInt32? = nil, groups: Groups = Groups()) {
        self.peer = peer
        self.user = user
        self.uid = uid
        self.groups = groups
    }

    /// Reads the `caller` member of a routed request; what is not there or not understood is left out.
    init?(_ text: [UInt8]?) {
        guard let text, let object = try? JSON(parsing: text), object.object != nil else { return nil }
        func names(_ list: String) -> Set<String> {
            Set((object["groups"]?[list]?.array ?? []).compactMap(\.string))
        }
        self.init(
            peer: object["peer"]?.string, user: object["user"]?.string,
            uid: object["uid"]?.int.flatMap(UInt32.init(exactly:)),
            groups: Groups(fetch: names("fetch"), set: names("set"), call: names("call")))
    }
}

/// A call of a Method, for handlers that need to know the caller.
///
///     try await peer.addMethod("reboot", options: ElementOptions(caller: true)) { (call: CallRequest<[String]>) in
///         guard call.caller?.uid == 0 else { throw JetError(.invalidParams, "only root may") }
///         try await machine.reboot()
///     }
public struct CallRequest<Arguments: Sendable>: Sendable {
    /// The arguments.
    public let arguments: Arguments
    /// The caller; `nil` unless the Method was added with `ElementOptions.caller`.
    public let caller: Caller?

    /// A request, as in tests of a handler.
    public init(arguments: Arguments, caller: Caller? = nil) {
        self.arguments = arguments
        self.caller = caller
    }
}
