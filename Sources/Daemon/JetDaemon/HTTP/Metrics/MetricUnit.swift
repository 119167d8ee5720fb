/// What the unit of a State becomes in metrics: a base unit, which is a part of the family's name, and a factor.
struct MetricUnit: Hashable {
    /// The base unit as names have it: `celsius`, `bytes_per_second`.
    let name: String
    private let factor: Double
    /// Applied after the factor. A division by 100 is exact where a product with 0.01 is not.
    private let divisor: Double

    private init(_ name: String, _ factor: Double = 1, per divisor: Double = 1) {
        self.name = name
        self.factor = factor
        self.divisor = divisor
    }

    /// The unit that `meta` of a State names (jet-protocol(7) §7.1); `nil` if it has none, or one that is not known here.
    init?(_ unit: String) {
        guard let known = Self.all[unit] else { return nil }
        self = known
    }

    /// A number in the base unit. The digits of one that needs no conversion stay as they are.
    func convert(_ number: String) -> String {
        if factor == 1, divisor == 1 { return MetricUnit.plain(number) }
        return MetricUnit.text((Double(number) ?? .nan) * factor / divisor)
    }

    /// A number of JSON without conversion. What is too large for a `Double` is infinite: readers refuse the whole page
    /// because of such digits.
    static func plain(_ number: String) -> String {
        let value = Double(number) ?? .nan
        return number.utf8.count <= 32 && value.isFinite ? number : text(value)
    }

    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static let all: [String: MetricUnit] = [
        "°C": .init("celsius"), "℃": .init("celsius"), "K": .init("kelvins"),
        "%": .init("ratio", per: 100), "‰": .init("ratio", per: 1000),
        "B": .init("bytes"), "kB": .init("bytes", 1e3), "MB": .init("bytes", 1e6), "GB": .init("bytes", 1e9),
        "TB": .init("bytes", 1e12), "KiB": .init("bytes", 1024), "MiB": .init("bytes", 1_048_576),
        "GiB": .init("bytes", 1_073_741_824), "TiB": .init("bytes", 1_099_511_627_776),
        "B/s": .init("bytes_per_second"), "kB/s": .init("bytes_per_second", 1e3),
        "MB/s": .init("bytes_per_second", 1e6), "KiB/s": .init("bytes_per_second", 1024),
        "MiB/s": .init("bytes_per_second", 1_048_576),
        "bit/s": .init("bits_per_second"), "kbit/s": .init("bits_per_second", 1e3),
        "Mbit/s": .init("bits_per_second", 1e6), "Gbit/s": .init("bits_per_second", 1e9),
        "1/s": .init("per_second"),
        "s": .init("seconds"), "ms": .init("seconds", per: 1e3), "µs": .init("seconds", per: 1e6),
        "us": .init("seconds", per: 1e6), "ns": .init("seconds", per: 1e9), "min": .init("seconds", 60),
        "h": .init("seconds", 3600), "d": .init("seconds", 86_400),
        "V": .init("volts"), "mV": .init("volts", per: 1e3), "kV": .init("volts", 1e3),
        "A": .init("amperes"), "mA": .init("amperes", per: 1e3),
        "W": .init("watts"), "mW": .init("watts", per: 1e3), "kW": .init("watts", 1e3),
        "J": .init("joules"), "kJ": .init("joules", 1e3), "Wh": .init("joules", 3600),
        "kWh": .init("joules", 3_600_000),
        "Hz": .init("hertz"), "kHz": .init("hertz", 1e3), "MHz": .init("hertz", 1e6), "GHz": .init("hertz", 1e9),
        "rpm": .init("rpm"), "dBm": .init("dbm"), "lx": .init("lux"),
        "Pa": .init("pascals"), "hPa": .init("pascals", 100), "mbar": .init("pascals", 100),
        "kPa": .init("pascals", 1e3), "bar": .init("pascals", 1e5),
        "m": .init("meters"), "cm": .init("meters", per: 100), "mm": .init("meters", per: 1e3),
        "km": .init("meters", 1e3),
    ]
}
