import Files
import Glibc
import JSONText
import Handover
import NetworkSettings
import Synchronization
import Testing

@testable import NetworkApply

/// A machine in a temporary directory with systemd-networkd and two cards, whose services and kernel are this object:
/// networkd's files are read as the real one reads them, and what they say is what the kernel has.
///
/// It can lose its power at any step that changes something: from then on nothing works any more, until `restart`.
final class Machine: NetworkServices, KernelLinks {
    let root: String
    private let state = Mutex(State())

    struct State {
        var now = 1_800_000_000
        var sinceBoot = 100_000
        var boot = 1
        /// How many more steps the power lasts; `nil` for ever.
        var power: Int?
        var steps = 0
        /// When the rollback's timer elapses, in milliseconds since the machine's start.
        var timer: Int?
        var mtu: [String: Int] = ["eth0": 1500, "eth1": 1500]
        var isUp: [String: Bool] = ["eth0": true, "eth1": false]
        var reloads = 0
        var failing: Set<String> = []
        /// How many more files the disk has room for; `nil` for any number. One that is removed makes room.
        var room: Int?
        var networkManager: Set<String> = []
    }

    init() throws {
        var template = Array("/tmp/jet-netset-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        root = template.withUnsafeBytes { String(decoding: $0.dropLast(), as: UTF8.self) }
        for (index, link) in ["lo", "eth0", "eth1"].enumerated() {
            write("sys/class/net/\(link)/ifindex", "\(index + 1)\n")
            write("sys/class/net/\(link)/type", link == "lo" ? "772\n" : "1\n")
            write("sys/class/net/\(link)/address", "52:54:00:00:00:0\(index)\n")
            write("sys/class/net/\(link)/addr_assign_type", "0\n")
            if link != "lo" { write("sys/class/net/\(link)/device/vendor", "0x1af4\n") }
        }
        write("run/systemd/netif/state", "OPER_STATE=routable\n")
        write("etc/systemd/network/20-uplink.network", "[Match]\nMACAddress=52:54:00:00:00:01\n[Network]\nDHCP=ipv4\n")
        for directory in ["var/lib/jet-network", "run/jet-network", "run/jet-agent/network"] { make(directory) }
        bootFiles()
        configure()
    }

    deinit { Self.remove(root) }

    /// The disk, which fails once there is no power.
    var disk: Disk {
        Disk(root: root) { [weak self] step throws(DiskError) in
            guard let self else { return }
            guard self.takesStep() else { throw DiskError("no power") }
            guard self.hasRoom(for: step) else { throw DiskError("full", ENOSPC) }
        }
    }

    /// The program on this machine.
    var changer: NetworkChanger {
        NetworkChanger(
            disk: disk, kernel: self, services: self,
            surroundings: Surroundings(
                now: { self.state.withLock(\.now) }, sinceBoot: { self.state.withLock(\.sinceBoot) },
                random: { count in (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) } },
                sleep: { duration in self.pass(milliseconds: Int(duration / .milliseconds(1))) }))
    }

    var records: Records { Records(Disk(root: root)) }

    /// How many steps were taken so far.
    var steps: Int { state.withLock(\.steps) }
    /// When the rollback's timer elapses.
    var timer: Int? { state.withLock(\.timer) }
    var reloads: Int { state.withLock(\.reloads) }

    /// Changes something about the machine.
    func change<Value>(_ body: (inout State) -> Value) -> Value { state.withLock { body(&$0) } }

    /// Lets time pass.
    func pass(milliseconds: Int) {
        state.withLock {
            $0.sinceBoot += milliseconds
            $0.now += milliseconds / 1000
        }
    }

    /// Cuts the power after so many steps.
    func cutPower(after steps: Int) { state.withLock { $0.power = steps } }

    /// Starts the machine anew: what was on the disk is there, what ran is gone.
    func restart() {
        state.withLock { state in
            state.power = nil
            state.boot += 1
            state.sinceBoot = 5000
            state.timer = nil
            state.failing = []
            state.mtu = ["eth0": 1500, "eth1": 1500]
            state.isUp = ["eth0": true, "eth1": false]
        }
        for directory in ["run/jet-network", "run/systemd/netif"] { Self.remove("\(root)/\(directory)") }
        make("run/jet-network")
        bootFiles()
    }

    /// networkd starts.
    func startNetworkd() {
        write("run/systemd/netif/state", "OPER_STATE=routable\n")
        configure()
    }

    private func bootFiles() {
        write("proc/sys/kernel/random/boot_id", "boot-\(state.withLock(\.boot))\n")
    }

    private func takesStep() -> Bool {
        state.withLock { state in
            if let power = state.power {
                guard power > 0 else { return false }
                state.power = power - 1
            }
            state.steps += 1
            return true
        }
    }

    private func hasRoom(for step: Disk.Step) -> Bool {
        state.withLock { state in
            guard let room = state.room else { return true }
            switch step {
            case .write: if room == 0 { return false } else { state.room = room - 1 }
            case .remove: state.room = room + 1
            default: break
            }
            return true
        }
    }

    // MARK: - Services

    private func serve(_ name: String) throws(ServiceError) {
        guard takesStep() else { throw ServiceError("no power") }
        guard !state.withLock({ $0.failing.contains(name) }) else { throw ServiceError("\(name) failed") }
    }

    func armRollback(after seconds: Int) async throws(ServiceError) {
        try serve("timer")
        state.withLock { $0.timer = $0.sinceBoot + seconds * 1000 }
    }

    func disarmRollback() async throws(ServiceError) {
        try serve("stop")
        state.withLock { $0.timer = nil }
    }

    func reload() async throws(ServiceError) {
        try serve("reload")
        state.withLock { $0.reloads += 1 }
        configure()
    }

    func reconfigure(_ index: Int) async throws(ServiceError) { try serve("reconfigure") }

    func isManagedByNetworkManager(_ link: String) async throws(ServiceError) -> Bool {
        state.withLock { $0.networkManager.contains(link) }
    }

    // MARK: - networkd

    /// Which file each link has, as networkd would choose it.
    private func configure() {
        let disk = Disk(root: root)
        let names = disk.names(in: "/etc/systemd/network").map(\.text).filter { $0.hasSuffix(".network") }
        for (index, link) in ["eth0", "eth1"].enumerated() {
            let used = names.first { name in
                let file = NetworkFile(parsing: read("etc/systemd/network/\(name)") ?? "")
                let mac = "52:54:00:00:00:0\(index + 1)"
                return file.values("MACAddress", in: "Match") == [mac]
                    || file.values("PermanentMACAddress", in: "Match") == [mac]
                    || file.values("Name", in: "Match") == [link] || file.values("Name", in: "Match") == ["eth*"]
            }
            let fails = state.withLock { $0.failing.contains("configure") }
            let words =
                used.map { "ADMIN_STATE=\(fails ? "failed" : "configured")\nNETWORK_FILE=/etc/systemd/network/\($0)\n" }
                ?? "ADMIN_STATE=unmanaged\n"
            write("run/systemd/netif/links/\(index + 2)", words)
            guard let settings = settings(of: link) else { continue }
            state.withLock { state in
                state.isUp[link] = true
                if let mtu = settings.mtu { state.mtu[link] = mtu }
            }
        }
    }

    /// What networkd's files say of a link now; `nil` if none is for it.
    func settings(of link: String) -> LinkSettings? {
        guard let files = try? LinkFiles(link, in: LinkInventory(disk: Disk(root: root))) else { return nil }
        return files.settings
    }

    // MARK: - The kernel

    func state(of link: String) throws(DiskError) -> KernelState {
        let settings = settings(of: link)
        let (isUp, mtu) = state.withLock { ($0.isUp[link] ?? false, $0.mtu[link] ?? 0) }
        var addresses = settings?.addresses.map(\.description) ?? []
        if settings?.mode == .dhcp { addresses.append("198.51.100.9/24") }
        return KernelState(
            isUp: isUp, mtu: mtu, addresses: addresses, routes: settings?.gateways.map { "via \($0)" } ?? [])
    }

    func setMTU(_ mtu: Int, of link: String) throws(DiskError) { state.withLock { $0.mtu[link] = mtu } }

    func takeDown(_ link: String) throws(DiskError) { state.withLock { $0.isUp[link] = false } }

    // MARK: - Files

    /// All that is below networkd's directory, with its content: what must be the same after a rollback.
    var files: [String: String] {
        var files: [String: String] = [:]
        collect("etc/systemd/network", &files)
        return files
    }

    private func collect(_ path: String, _ files: inout [String: String]) {
        for name in Disk(root: root).names(in: "/" + path).map(\.text) {
            let path = "\(path)/\(name)"
            if let text = read(path) {
                files[path] = text
            } else {
                files[path] = "(directory)"
                collect(path, &files)
            }
        }
    }

    func read(_ path: String) -> String? {
        guard let bytes = try? Disk(root: root).read("/" + path) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    func write(_ path: String, _ text: String) {
        make(File.folder(of: path))
        let descriptor = open("\(root)/\(path)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        #expect(descriptor >= 0, "\(path)")
        let bytes = Array(text.utf8)
        #expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
    }

    func make(_ directory: String) {
        var made = root
        for part in directory.split(separator: "/") {
            made += "/" + part
            mkdir(made, 0o755)
        }
    }

    private static func remove(_ path: String) {
        if unlink(path) == 0 { return }
        for name in Disk().names(in: path).map(\.text) { remove(path + "/" + name) }
        rmdir(path)
    }
}

extension ChangeRequest {
    /// A change of a link by alice.
    static func of(_ link: String, _ set: JSON, by: Author = Author(user: "alice"), within: Int = 120) -> ChangeRequest
    {
        ChangeRequest(id: "r1", by: by, link: link, set: set, confirmWithin: within)
    }
}

extension ChangeAnswer {
    /// What a pending change was answered with.
    var pending: JSON? {
        guard case .done(let value) = result else { return nil }
        return value["pending"]
    }
}
