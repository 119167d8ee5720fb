internal import AgentCore
internal import Files
internal import JSONText

/// A temperature of a thermal zone at which the kernel does something: throttle the processor, turn a fan on, switch the
/// machine off.
///
/// Source of fact: Documentation/driver-api/thermal/sysfs-api.rst of the kernel.
struct TripPoint: Hashable, Sendable {
    /// The kernel's number for it, by which events name it.
    let number: Int
    /// What the kernel does then: `active`, `passive`, `hot`, `critical`.
    let type: String
    /// At how many °C.
    let temperature: Double
    /// By how many °C it must have cooled for the kernel to think it over.
    let hysteresis: Double

    /// The trip points of the zone whose directory is `zone`, in the order of their numbers.
    ///
    /// One that is not set, for which drivers write 0 or a temperature below absolute zero, is left out.
    static func scan(_ zone: FilePath) -> [TripPoint] {
        let numbers = HostFile.names(in: zone).map(\.text).compactMap { name -> Int? in
            guard name.hasPrefix("trip_point_"), name.hasSuffix("_type") else { return nil }
            return UInt16(name.dropFirst(11).dropLast(5)).map(Int.init)
        }
        return numbers.sorted().compactMap { TripPoint($0, file: "\(zone)/trip_point_\($0)") }
    }

    private init?(_ number: Int, file: FilePath) {
        guard let type = try? HostFile.text(file + "_type"), !type.isEmpty,
            let temperature = try? HostFile.integer(file + "_temp"),
            Quantity.temperature.limits.contains(temperature), let celsius = Quantity.temperature.value(temperature)
        else { return nil }
        self.number = number
        self.type = type
        self.temperature = celsius
        // If the driver does not support hysteresis, the file does not exist or contains 0. One that is as large as the
        // temperature would never let the zone cool.
        let hysteresis = (try? HostFile.integer(file + "_hyst")) ?? 0
        self.hysteresis = (0..<temperature).contains(hysteresis) ? Quantity.temperature.value(hysteresis) ?? 0 : 0
    }

    /// Whether the trip point is exceeded at this temperature, in °C. By the kernel's rule it is exceeded from its
    /// temperature on, until the zone has cooled below that by more than the hysteresis.
    func isExceeded(at celsius: Double, wasExceeded: Bool) -> Bool {
        celsius >= (wasExceeded ? temperature - hysteresis : temperature)
    }

    /// The trip point as an object.
    var json: JSON {
        ["type": .string(type), "temperature": .number(temperature), "hysteresis": .number(hysteresis)]
    }
}
