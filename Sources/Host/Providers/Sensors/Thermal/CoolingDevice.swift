internal import AgentCore
internal import Files
internal import JSONText
internal import JetProtocol

/// Something that cools, or makes less heat: a fan, a processor that can be throttled.
///
/// Its state is a number from 0 (does nothing) to its largest one; what the numbers in between mean is the driver's
/// business. Source of fact: Documentation/driver-api/thermal/sysfs-api.rst of the kernel.
struct CoolingDevice: Sendable {
    /// What the driver calls it: "Processor", "gpio-fan".
    let type: String
    /// Where it stands on the bus: `thermal/cooling/<type>`.
    let path: String
    /// The file with its state.
    let input: FilePath
    /// The largest state.
    let maximum: Int

    /// The cooling devices of the host, but the hidden ones. Those of the same type are numbered in the kernel's order.
    static func scan(_ host: Host, hidden: Patterns = Patterns([])) -> [CoolingDevice] {
        let devices = ThermalZone.numbers("cooling_device", host).compactMap { number -> CoolingDevice? in
            let directory = host.sys("class/thermal/cooling_device\(number)")
            guard let type = try? HostFile.text(directory + "/type"),
                let maximum = try? HostFile.integer(directory + "/max_state"), maximum >= 0
            else { return nil }
            return CoolingDevice(type: type, path: "", input: directory + "/cur_state", maximum: maximum)
        }
        let words = Slug.distinct(
            devices.map {
                let word = Slug.word($0.type)
                return word.isEmpty ? "device" : word
            }
        ) { _ in nil }
        return zip(devices, words).map { device, word in
            CoolingDevice(
                type: device.type, path: "thermal/cooling/\(word)", input: device.input, maximum: device.maximum)
        }.filter { !hidden.match($0.path) }
    }

    /// The state that it is in. Intel's idle injection reports -1 while it does nothing.
    func state() throws(HostFileError) -> Int {
        let state = try HostFile.integer(input)
        guard (-1...maximum).contains(state) else { throw HostFileError("\(state) is no state from 0 to \(maximum)") }
        return state
    }

    /// The device as it is when its state is this.
    func reading(_ state: Int) -> Reading {
        Reading(
            path, ["state": .number(state), "max": .number(maximum)],
            Metadata(title: "Cooling device \(type)", datatype: .json))
    }
}
