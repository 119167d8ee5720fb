internal import AgentCore
internal import JSONText
internal import JetProtocol

/// A kind of thing that a monitoring chip measures: how the kernel calls its attributes, and what their numbers become
/// on the bus.
///
/// An attribute is called after the quantity, a number, and what it says: `temp1_input`, `fan2_alarm`. Source of fact:
/// Documentation/hwmon/sysfs-interface.rst of the kernel.
struct Quantity: Hashable, Sendable {
    /// What people call it, and the key of its deadband in the configuration.
    let name: String
    /// How its attributes begin.
    let prefix: String
    /// The attributes that hold the value, the best one first.
    let inputs: [String]
    /// The number of the kernel's units in one unit of the bus.
    let divisor: Double
    /// The bus's unit.
    let unit: String
    /// What its numbers are.
    let datatype: Metadata.Datatype
    /// By how much it must move to be published again, unless the configuration says otherwise: sensors flicker by less.
    let deadband: Double
    /// The attributes that hold the limits at which the hardware's maker wants it to stay, the best ones first.
    let lower: [String], upper: [String]
    /// Which of the kernel's numbers are limits: many drivers write 0, or the largest number they can, instead of none.
    let limits: ClosedRange<Int>
    /// Which values can be measured, in the bus's unit. What a driver reports beyond that is its error, and no value.
    let possible: ClosedRange<Double>

    /// Temperatures. Only the upper limit is used, preferably the critical one: cold does no harm.
    static let temperature = Quantity(
        name: "temperature", prefix: "temp", inputs: ["input"], divisor: 1000, unit: "°C", datatype: .float,
        deadband: 0.5, lower: [], upper: ["crit", "max"], limits: 1...250_000,
        // From absolute zero to what a thermocouple of tungsten bears.
        possible: -273.15...3000)
    /// How fast a fan turns.
    static let fan = Quantity(
        name: "fan", prefix: "fan", inputs: ["input"], divisor: 1, unit: "rpm", datatype: .integer,
        deadband: 50, lower: ["min"], upper: ["max"], limits: 1...50_000, possible: 0...500_000)
    /// Voltages, which may be negative.
    static let voltage = Quantity(
        name: "voltage", prefix: "in", inputs: ["input"], divisor: 1000, unit: "V", datatype: .float,
        deadband: 0.02, lower: ["min", "lcrit"], upper: ["max", "crit"], limits: -1_000_000...1_000_000,
        possible: -100_000...100_000)
    /// Currents.
    static let current = Quantity(
        name: "current", prefix: "curr", inputs: ["input"], divisor: 1000, unit: "A", datatype: .float,
        deadband: 0.05, lower: ["min"], upper: ["crit", "max"], limits: -1_000_000...1_000_000,
        possible: -100_000...100_000)
    /// Power, at the moment or, from chips that do not tell that, on average.
    static let power = Quantity(
        name: "power", prefix: "power", inputs: ["input", "average"], divisor: 1_000_000, unit: "W", datatype: .float,
        deadband: 0.5, lower: [], upper: ["crit", "max", "cap"], limits: 1...100_000_000_000,
        possible: -10_000_000...10_000_000)
    /// Energy used since some beginning: it only grows.
    static let energy = Quantity(
        name: "energy", prefix: "energy", inputs: ["input"], divisor: 1_000_000, unit: "J", datatype: .float,
        deadband: 1000, lower: [], upper: [], limits: 0...0, possible: 0...1e15)
    /// Relative humidity.
    static let humidity = Quantity(
        name: "humidity", prefix: "humidity", inputs: ["input"], divisor: 1000, unit: "%", datatype: .float,
        deadband: 0.5, lower: ["min"], upper: ["max"], limits: 1...99_999, possible: 0...100)

    /// All of them, in the order in which a chip's are listed.
    static let all = [temperature, fan, voltage, current, power, energy, humidity]

    /// The bus's number for the kernel's; `nil` if nothing can measure that.
    ///
    /// This is the one place that decides what is possible. Drivers report what an empty register holds, an error code,
    /// or the largest number of its type, when they have no value.
    ///
    /// - Parameter divisor: The number of the kernel's units in one of the bus's; `nil` for those of hwmon.
    func value(_ raw: Int, per divisor: Double? = nil) -> Double? {
        let value = Double(raw) / (divisor ?? self.divisor)
        return Self.extremes.contains(raw) || !possible.contains(value) ? nil : value
    }

    /// The bus's number for the kernel's.
    ///
    /// - Throws: If nothing can measure that.
    func measured(_ raw: Int) throws(HostFileError) -> Double {
        guard let value = value(raw) else { throw HostFileError("\(raw) is no possible \(name)") }
        return value
    }

    /// The smallest and the largest numbers of the types in which drivers compute.
    private static let extremes: Set<Int> = [
        .min, .max, Int(Int32.min), Int(Int32.max), Int(UInt32.max),
    ]

    /// What a value of this quantity means, with its limits in the kernel's numbers. They stand as `format`: `:100`,
    /// `11.4:12.6`.
    ///
    /// - Parameters:
    ///   - warning: Above what the driver calls the value too high; the meta has it as `max`.
    ///   - critical: Above what the driver calls it harmful; the meta has it as `crit`.
    func meta(
        _ title: String, from lower: Int? = nil, to upper: Int? = nil, warning: Int? = nil, critical: Int? = nil
    ) -> Metadata {
        var lower = lower.flatMap(limit)
        var upper = upper.flatMap(limit)
        // A range without anything in it was never set.
        if let low = lower, let high = upper, low >= high { (lower, upper) = (nil, nil) }
        let format = lower == nil && upper == nil ? nil : text(lower) + ":" + text(upper)
        return Metadata(
            title: title, unit: unit, datatype: datatype, format: format,
            max: warning.flatMap(limit).map(text), crit: critical.flatMap(limit).map(text))
    }

    private func limit(_ raw: Int) -> Int? { raw != 0 && limits.contains(raw) ? raw : nil }

    private func text(_ limit: Int?) -> String { limit.map(text) ?? "" }

    private func text(_ limit: Int) -> String { value(limit).map { JSON.number($0).description } ?? "" }
}

/// The name of an attribute, taken apart: `temp1_crit_alarm` is the temperature 1's `crit_alarm`.
struct AttributeName: Hashable, Sendable {
    /// What is measured.
    let quantity: Quantity
    /// Which one.
    let number: Int
    /// What the attribute says of it.
    let item: Substring

    /// Takes `name` apart, if it is an attribute of one of the quantities.
    init?(_ name: String) {
        guard let underscore = name.firstIndex(of: "_") else { return nil }
        let subject = name[..<underscore]
        for quantity in Quantity.all where subject.hasPrefix(quantity.prefix) {
            guard let number = UInt16(subject.dropFirst(quantity.prefix.utf8.count)) else { continue }
            self.quantity = quantity
            self.number = Int(number)
            item = name[name.index(after: underscore)...]
            return
        }
        return nil
    }
}
