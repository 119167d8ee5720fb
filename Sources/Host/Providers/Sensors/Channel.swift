internal import AgentCore
internal import Files
internal import JetProtocol

/// One thing that a chip measures: a temperature, a fan's speed, a voltage.
struct Channel: Sendable {
    /// What is measured.
    let quantity: Quantity
    /// What the driver calls it: "Core 0"; most drivers say nothing.
    let label: String?
    /// What it is called on the bus, among its chip's.
    let word: String
    /// Where it stands on the bus: `sensors/<chip>/<word>`.
    let path: String
    /// What the state means; its `format`, `max` and `crit` hold the limits.
    let meta: Metadata
    /// The file with the value; `nil` if the chip only tells alarms, as a board's undervoltage detector does.
    let input: FilePath?
    /// The file that holds 1 while the value means nothing, if the chip has one.
    let fault: FilePath?
    /// The limits that the chip watches itself, each with the file that holds 1 while it is crossed.
    let alarms: [Alarm]

    /// A limit that a chip watches.
    struct Alarm: Sendable {
        /// Which one: `min`, `max`, `crit`, `lcrit`; `alarm` if the chip does not say.
        let limit: String
        /// The file.
        let path: FilePath
    }
}

extension Channel {
    /// The channels whose attributes are in `directory`, by quantity and number.
    static func scan(_ directory: FilePath, chip: String) -> [Channel] {
        let found = Found.all(in: directory)
        let words = Slug.distinct(found.map(\.word)) { found[$0].attribute }
        return zip(found, words).map { $0.channel(called: $1, of: chip) }
    }

    /// A channel without its final name.
    private struct Found {
        let quantity: Quantity
        let number: Int
        let directory: FilePath
        /// What there are attributes for.
        let items: Set<Substring>
        let label: String?

        static func all(in directory: FilePath) -> [Found] {
            var items: [Quantity: [Int: Set<Substring>]] = [:]
            for name in HostFile.names(in: directory).map(\.text).compactMap(AttributeName.init) {
                items[name.quantity, default: [:]][name.number, default: []].insert(name.item)
            }
            return Quantity.all.flatMap { quantity in
                (items[quantity] ?? [:]).sorted { $0.key < $1.key }.compactMap {
                    Found(quantity, $0.key, in: directory, items: $0.value)
                }
            }
        }

        init?(_ quantity: Quantity, _ number: Int, in directory: FilePath, items: Set<Substring>) {
            self.quantity = quantity
            self.number = number
            self.directory = directory
            self.items = items
            guard !items.isDisjoint(with: quantity.inputs.map { $0[...] }) || items.contains(where: Self.isAlarm) else {
                return nil
            }
            let text =
                items.contains("label") ? try? HostFile.text("\(directory)/\(quantity.prefix)\(number)_label") : nil
            label = text.flatMap { $0.isEmpty ? nil : $0 }
        }

        /// How the kernel calls it: "temp1".
        var attribute: String { "\(quantity.prefix)\(number)" }

        /// How it would be called if it were the only one of its chip. `alarms` is taken.
        var word: String {
            let word = Slug.word(label ?? "")
            return word.isEmpty || word == Chip.alarmsWord ? attribute : word
        }

        func channel(called word: String, of chip: String) -> Channel {
            Channel(
                quantity: quantity, label: label, word: word, path: "sensors/\(chip)/\(word)",
                meta: quantity.meta(
                    "\(chip) \(label ?? attribute)", from: limit(quantity.lower), to: limit(quantity.upper),
                    warning: limit(["max"]), critical: limit(["crit"])),
                input: quantity.inputs.first { items.contains($0[...]) }.map(file),
                fault: items.contains("fault") ? file("fault") : nil,
                alarms: items.filter(Self.isAlarm).sorted().map {
                    Alarm(limit: $0 == "alarm" ? "alarm" : String($0.dropLast(6)), path: file(String($0)))
                })
        }

        private static func isAlarm(_ item: Substring) -> Bool { item == "alarm" || item.hasSuffix("_alarm") }

        private func file(_ item: String) -> FilePath { "\(directory)/\(attribute)_\(item)" }

        /// The first of these limits that is one.
        private func limit(_ names: [String]) -> Int? {
            names.lazy.filter { items.contains($0[...]) }.compactMap { try? HostFile.integer(file($0)) }
                .first { $0 != 0 && quantity.limits.contains($0) }
        }
    }
}
