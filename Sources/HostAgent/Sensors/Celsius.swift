internal import JSONText
internal import JetProtocol

/// Temperatures as the kernel has them, in thousandths of a degree, and as the bus has them, in °C.
enum Celsius {
    /// Half a degree: below what a temperature must move to be published again. Sensors flicker by less than that.
    static let deadband = Deadband.number(0.5)

    /// The bus's number for the kernel's.
    static func value(_ thousandths: Int) -> Double { Double(thousandths) / 1000 }

    /// What a temperature means. The limit at which the hardware's maker wants it to stay, critical before maximal,
    /// stands as the upper end of `format`: `:100`.
    static func meta(_ title: String, limit: Int? = nil) -> Metadata {
        Metadata(title: title, unit: "°C", datatype: .float, format: limit.map { ":\(JSON.number(value($0)))" })
    }

    /// Whether a driver's limit is one: several write the largest number they can instead of none.
    static func isLimit(_ thousandths: Int) -> Bool { (1...250_000).contains(thousandths) }
}
