/// What a peer may do as long as it has not logged in (jet-protocol(7) §8.3). A login makes it `all`.
///
/// Such a peer is a *stranger* unless its permission is `all`: its requests for anything else fail with `loginRequired`, and
/// it is in no group.
public enum Permission: UInt8, Hashable, Sendable {
    /// Everything that its groups permit.
    case all
    /// To log in, and to fetch and get the elements that all peers may fetch.
    case read
    /// To log in.
    case none
}
