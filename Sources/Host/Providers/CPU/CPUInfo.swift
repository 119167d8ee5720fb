internal import AgentCore
internal import Files
internal import JSONText
internal import JetProtocol

/// What processors the host has: `cpu/info`.
enum CPUInfo {
    /// `{model?, vendor?, count, machine}`: `count` is how many the system sees, threads of one core counted each.
    static func reading(_ host: Host, count: Int) -> Reading {
        var value = JSON.Object()
        // The first processor's lines, and on ARM the board's at the end of a short file.
        let fields = parse((try? HostFile.firstLines(host.proc("cpuinfo"), 16 * 1024)) ?? [])
        value["model"] = model(fields).map(JSON.string)
        value["vendor"] = (fields["vendor_id"] ?? implementer(fields)).map(JSON.string)
        value["count"] = .number(count)
        value["machine"] = .string(host.machine)
        return Reading("cpu/info", .object(value), Metadata(title: "CPU", datatype: .json))
    }

    /// The model in the words that the architecture has for it.
    private static func model(_ fields: [String: String]) -> String? {
        for key in ["model name", "cpu model", "cpu", "uarch"] {
            if let text = fields[key], !text.isEmpty { return text }
        }
        guard fields["CPU implementer"] == "0x41", let part = fields["CPU part"] else { return nil }
        return parts[part]
    }

    private static func implementer(_ fields: [String: String]) -> String? {
        fields["CPU implementer"].flatMap { $0 == "0x41" ? "ARM" : nil }
    }

    /// Cores by Arm Ltd., by the part numbers of their Main ID Register: 64-bit kernels tell only these.
    private static let parts = [
        "0xc05": "Cortex-A5", "0xc07": "Cortex-A7", "0xc08": "Cortex-A8", "0xc09": "Cortex-A9", "0xc0f": "Cortex-A15",
        "0xd01": "Cortex-A32", "0xd03": "Cortex-A53", "0xd04": "Cortex-A35", "0xd05": "Cortex-A55",
        "0xd07": "Cortex-A57", "0xd08": "Cortex-A72", "0xd09": "Cortex-A73", "0xd0a": "Cortex-A75",
        "0xd0b": "Cortex-A76", "0xd0c": "Neoverse-N1", "0xd0d": "Cortex-A77", "0xd40": "Neoverse-V1",
        "0xd41": "Cortex-A78", "0xd49": "Neoverse-N2",
    ]

    /// The lines such as `model name : ...`, each key's first one.
    private static func parse(_ bytes: [UInt8]) -> [String: String] {
        var fields: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let key = String(trimmed(line[..<colon]))
            if fields[key] == nil { fields[key] = String(trimmed(line[line.index(after: colon)...])) }
        }
        return fields
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
