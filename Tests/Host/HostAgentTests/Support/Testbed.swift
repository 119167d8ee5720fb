import Glibc
import JetProtocol
import TestSupport
import Testing

/// A machine of mock devices, and an agent that takes it for its own: a tree that stands in for /sys, and events as udev
/// tells them. umockdev's preloaded library is what comes in between, in the agent's process.
final class Testbed {
    /// Whether umockdev is installed.
    static let isAvailable = access("/usr/bin/umockdev-wrapper", X_OK) == 0

    private static let buses: Set<String> = ["usb"]
    private let tree: Tree
    private var sequence = 0
    private var properties: [String: [String: String]] = [:]

    /// A machine without devices, on which udev runs.
    init() throws {
        tree = try Tree()
        tree.write("run/udev/control", "")
        for folder in ["sys/devices", "sys/class/leds", "sys/bus/usb/devices"] {
            tree.write(folder + "/-", "")
            tree.remove(folder + "/-")
        }
    }

    /// Plugs a device in.
    func add(
        _ subsystem: String, _ name: String, _ properties: [String: String] = [:], attributes: [String: String] = [:]
    ) throws {
        let path = Self.path(name)
        let folder = Self.buses.contains(subsystem) ? "bus/\(subsystem)" : "class/\(subsystem)"
        for (attribute, value) in attributes { tree.write("\(path)/\(attribute)", value + "\n") }
        tree.link("\(path)/subsystem", to: "../../\(folder)")
        let link = Self.buses.contains(subsystem) ? "sys/\(folder)/devices/\(name)" : "sys/\(folder)/\(name)"
        tree.link(link, to: Self.buses.contains(subsystem) ? "../../../devices/\(name)" : "../../devices/\(name)")
        try tell("add", subsystem, name, properties)
    }

    /// Gives a device other properties.
    func change(_ subsystem: String, _ name: String, _ properties: [String: String]) throws {
        try tell("change", subsystem, name, properties)
    }

    /// Pulls a device out.
    func remove(_ subsystem: String, _ name: String) throws {
        let folder = Self.buses.contains(subsystem) ? "bus/\(subsystem)/devices" : "class/\(subsystem)"
        tree.remove("sys/\(folder)/\(name)")
        tree.remove(Self.path(name))
        try tell("remove", subsystem, name, [:])
    }

    /// Writes an attribute of a device, as somebody else on the machine.
    func write(_ subsystem: String, _ name: String, _ attribute: String, _ value: String) {
        tree.write("\(Self.path(name))/\(attribute)", value + "\n")
    }

    /// Reads an attribute of a device.
    func read(_ subsystem: String, _ name: String, _ attribute: String) throws -> String {
        let path = "\(Self.path(name))/\(attribute)"
        let file = try #require(fopen(tree.path(path), "re"), "\(path)")
        defer { fclose(file) }
        return Fixture.readAll(file).filter { $0 != "\n" }
    }

    /// Starts an agent on the machine.
    func agent(on bus: TestBus, configuration: String = "") throws -> ChildProcess {
        tree.write("agent.toml", configuration)
        let arguments = [
            "--connect", bus.endpoint.description, "--root", tree.root, "--config", tree.path("agent.toml"),
            "--disable",
            "network", "--disable", "counters", "--disable", "system", "--disable", "sensors",
        ]
        return try ChildProcess(
            ChildProcess.path(ofProduct: "jet-agent"), arguments,
            environment: ["UMOCKDEV_DIR": tree.root, "LD_PRELOAD": "libumockdev-preload.so.0"])
    }

    private func tell(_ action: String, _ subsystem: String, _ name: String, _ new: [String: String]) throws {
        sequence += 1
        let path = Self.path(name)
        if action != "remove" {
            properties[path, default: [:]].merge(new) { $1 }
            let lines = properties[path, default: [:]].map { "\($0.key)=\($0.value)\n" }.joined()
            tree.write("\(path)/uevent", lines)
        }
        let own = properties[path, default: [:]].map { "\($0.key)=\($0.value)" }
        try UdevMessage(
            subsystem: subsystem,
            properties: [
                "ACTION=\(action)", "DEVPATH=/devices/\(name)", "SUBSYSTEM=\(subsystem)", "SEQNUM=\(sequence)",
            ] + own
        ).send(to: tree.root)
    }

    private static func path(_ name: String) -> String { "sys/devices/\(name)" }
}
