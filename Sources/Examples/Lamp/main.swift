import Glibc
import Jet

// A peer that stays on the bus: it owns a lamp and prints each change of its level.
do {
    // If the daemon is restarted, the peer reconnects and adds its State and its Method again.
    let peer = try await Peer.connectLocally(
        configuration: Peer.Configuration(name: "lamp", reconnect: .always()))

    let level = try await peer.addState("lamp/level", 0) { request in
        request.value <= 100 ? .accept : .adjust(100)
    }
    try await peer.addMethod("lamp/toggle") { () -> Int in
        try level.change(level.value == 0 ? 100 : 0)
        return level.value
    }

    for try await event in try await peer.fetch(.path("lamp/level"), as: Int.self) {
        print(event.kind, event.path, event.value ?? 0)
    }
} catch {
    print("lamp: \(error)")
    exit(1)
}
