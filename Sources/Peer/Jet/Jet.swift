/// The peer library: connects to a Jet daemon, provides States and Methods, fetches, sets and calls. `import Jet` is
/// all that a program needs: rules, access groups and metadata (JetProtocol) and the `JSON` value (JSONText) come with
/// it.
///
///     let peer = try await Peer.connectLocally()
///     let led = try await peer.addState("led/brightness", 0) { request in
///         request.value <= 255 ? .accept : .adjust(255)
///     }
///     for try await event in try await peer.fetch(.path(startsWith: "host/"), as: Double.self) {
///         print(event.path, event.value ?? .nan)
///     }
///
/// The folders: `Peer` is what users meet first, `Elements` and `Fetching` are its two halves, `Values` and `Errors`
/// the words they share, and `Blocking` is the same for scripts. Below them `Session` is the whole behaviour as a pure
/// state machine, and `Transport` carries out on sockets what it decides.
@_exported public import struct Digests.Fingerprint
@_exported public import JSONText
@_exported public import JetProtocol
