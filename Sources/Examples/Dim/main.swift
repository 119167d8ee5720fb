import Jet

// A script: sends one request after the other, and ends.
let peer = try BlockingPeer()

for level in [25, 300] {
    let taken = try peer.set("lamp/level", to: level, valueAsResult: true)
    print("asked for \(level), got \(taken)")
}
print("toggled to", try peer.call("lamp/toggle", as: Int.self))

do {
    try peer.set("lamp/colour", to: "red", timeout: .seconds(1))
} catch {
    print("no colour:", error.refusal?.description ?? error.message)
}
peer.close()
