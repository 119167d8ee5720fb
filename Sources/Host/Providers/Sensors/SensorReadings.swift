internal import AgentCore
internal import JSONText

/// What a poll of the sensors found: the readings, and the temperatures among them, from which more is concluded.
struct SensorReadings {
    /// All there is to say.
    var readings: [Reading] = []
    /// The temperatures, with what is known of their sources.
    private(set) var temperatures: [Temperature] = []
    private var celsius: [String: Double] = [:]

    /// Adds a temperature of a chip or a zone, which may be the processor's.
    mutating func note(_ temperature: Temperature, at path: String) {
        temperatures.append(temperature)
        celsius[path] = temperature.celsius
    }

    /// The temperature that was read for the state at `path`, in °C.
    func temperature(at path: String) -> Double? { celsius[path] }
}
