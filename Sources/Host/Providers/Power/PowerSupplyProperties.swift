internal import AgentCore
internal import Files

/// What the kernel says of a power supply: properties by name, in its own units (µV, µA, µW, µWh, µAh, tenths of °C).
///
/// The supply's `uevent` file has all of them, so that one file is read instead of twenty. Where one property fails in
/// another way than by not being there, the kernel leaves that file empty: then each attribute is read on its own.
///
/// Source of fact: Documentation/power/power_supply_class.rst of the kernel.
struct PowerSupplyProperties: Sendable {
    private var texts: [String: String] = [:]

    /// The properties that the supply in `directory` has now.
    ///
    /// - Throws: What the `uevent` file failed with, if no attribute can be read either.
    init(in directory: FilePath) throws(HostFileError) {
        let uevent: String
        do throws(HostFileError) {
            uevent = try HostFile.text(directory + "/uevent", limit: 16 * 1024)
        } catch {
            readAttributes(directory)
            if texts.isEmpty { throw error }
            return
        }
        for line in uevent.split(separator: "\n") where line.hasPrefix(Self.prefix) {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let name = line[..<equals].dropFirst(Self.prefix.utf8.count).lowercased()
            texts[name] = String(line[line.index(after: equals)...])
        }
        // The name is there in any case.
        if texts.keys.allSatisfy({ $0 == "name" }) { readAttributes(directory) }
    }

    /// Properties that are known already.
    init(_ texts: [String: String]) { self.texts = texts }

    /// A property as it stands there; `nil` if there is none, or nothing in it.
    func text(_ name: String) -> String? {
        guard let text = texts[name], !text.isEmpty else { return nil }
        return text
    }

    /// A property that is a whole number.
    func integer(_ name: String) -> Int? { texts[name].flatMap { Int($0) } }

    /// A property in a millionth of the bus's unit, of the first of these names that is there; `nil` if it is not a
    /// possible value of the quantity.
    func micro(_ quantity: Quantity, _ names: String...) -> Double? { micro(quantity, names) }

    /// A property in a millionth of the bus's unit, of the first of these names that is there; `nil` if it is not a
    /// possible value of the quantity.
    func micro(_ quantity: Quantity, _ names: [String]) -> Double? {
        names.lazy.compactMap(integer).first.flatMap { quantity.value($0, per: 1_000_000) }
    }

    private mutating func readAttributes(_ directory: FilePath) {
        for name in HostFile.names(in: directory) where name != "uevent" {
            guard let text = try? HostFile.text("\(directory)/\(name)") else { continue }
            texts[name.text] = text
        }
    }

    private static let prefix = "POWER_SUPPLY_"
}
