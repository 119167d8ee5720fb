import JSONText
import Testing

@testable import AgentCore
@testable import Providers

/// Which of a machine's temperatures is the processor's.
struct CPUTemperatureTests {
    @Test("Intel: the package before the cores, the hotter one of two sockets")
    func intel() {
        #expect(summary(("coretemp", "Core 0", 60), ("coretemp", "Package id 0", 55)) == 55)
        #expect(summary(("coretemp", "Package id 0", 55), ("coretemp", "Package id 1", 58)) == 58)
    }

    @Test("Intel without a package sensor: the hottest core")
    func cores() { #expect(summary(("coretemp", "Core 0", 51), ("coretemp", "Core 1", 53)) == 53) }

    @Test("AMD: Tdie before Tctl before what has no name")
    func amd() {
        #expect(summary(("k10temp", "Tctl", 70), ("k10temp", "Tdie", 50), ("k10temp", "Tccd1", 60)) == 50)
        #expect(summary(("k10temp", "Tctl", 70), ("k10temp", "Tccd1", 60)) == 70)
        #expect(summary(("k10temp", nil, 44)) == 44)
        #expect(summary(("zenpower", "Tctl", 70), ("zenpower", "Tdie", 50)) == 50)
    }

    @Test("an ASUS board's monitor counts only with the processor's label")
    func atk() {
        #expect(summary(("atk0110", "MB Temperature", 40)) == nil)
        #expect(summary(("atk0110", "MB Temperature", 60), ("atk0110", "CPU Temperature", 40)) == 40)
    }

    @Test(
        "ARM boards name the zone of their processor in many ways",
        arguments: [
            "cpu_thermal", "cpu-thermal", "cpu0-thermal", "cpuss0-thermal", "cpu-0-0-thermal", "CPU-therm",
            "soc_thermal",
            "soc-thermal", "package-thermal", "imx_thermal_zone", "bigcore0-thermal",
        ])
    func arm(name: String) { #expect(summary(("gpu-thermal", nil, 60), (name, nil, 45)) == 45) }

    @Test("the firmware's zone is the last resort")
    func firmware() {
        #expect(summary(("acpitz", nil, 30), ("x86_pkg_temp", nil, 45)) == 45)
        #expect(summary(("acpitz", nil, 30), ("nvme", "Composite", 45)) == 30)
    }

    @Test("disks, cards and modules are no processors")
    func others() {
        #expect(
            summary(("nvme", "Composite", 45), ("jc42", nil, 30), ("amdgpu", "edge", 50), ("iwlwifi_1", nil, 40)) == nil
        )
    }

    private func summary(_ temperatures: (String, String?, Double)...) -> Double? {
        CPUTemperature.reading(
            from: temperatures.map { Temperature(source: $0.0, label: $0.1, celsius: $0.2) })?.value.double
    }
}
