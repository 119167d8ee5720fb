import JSONText
import Testing

@testable import AgentCore
@testable import Providers

/// What the host's processors are and do.
struct CPUProviderTests {
    @Test("usage is what was busy between two looks, idle and waiting for disks taken away")
    func usage() throws {
        let tree = try Tree()
        var cpu = provider(tree)
        stat(tree, all: [100, 0, 100, 1000, 100], [[50, 0, 50, 500, 50], [50, 0, 50, 500, 50]])
        #expect(value(cpu.readings(), "cpu/usage") == nil)
        // 200 ticks for each: 50 busy, 100 idle, 50 waiting; and 150 busy.
        stat(tree, all: [250, 0, 150, 1150, 150], [[75, 0, 75, 600, 100], [175, 0, 75, 550, 50]])
        #expect(value(cpu.readings(), "cpu/usage") == ["total": 50, "cores": [25, 75]])
    }

    @Test("a tremble is not published, a percent is")
    func deadband() throws {
        let tree = try Tree()
        var cpu = provider(tree)
        var board = StateBoard()
        func step(_ busy: Int, _ idle: Int) -> [Publication] {
            stat(tree, all: [busy, 0, 0, idle], [[busy, 0, 0, idle]])
            return board.apply(cpu.readings(), of: "cpu").publications.filter { $0.path == "cpu/usage" }
        }
        _ = step(0, 0)
        #expect(step(100, 900).count == 1)
        #expect(step(204, 1796).isEmpty)
        #expect(step(320, 2680) == [.change(path: "cpu/usage", value: ["total": 11.6, "cores": [11.6]])])
    }

    @Test("a processor that is switched off is null, and what was there before stands when no time has passed")
    func offline() throws {
        let tree = try Tree()
        var cpu = provider(tree)
        tree.write("proc/stat", "cpu 1 0 0 9\ncpu0 1 0 0 9\ncpu2 1 0 0 9\nintr 5\n")
        _ = cpu.readings()
        tree.write("proc/stat", "cpu 2 0 0 18\ncpu0 2 0 0 18\ncpu2 2 0 0 18\nintr 5\n")
        let usage: JSON = ["total": 10, "cores": [10, nil, 10]]
        #expect(value(cpu.readings(), "cpu/usage") == usage)
        #expect(value(cpu.readings(), "cpu/usage") == usage)
        #expect(value(cpu.readings(), "cpu/info")?["count"] == 2)
    }

    @Test("counters that go backwards, or make no sense, cost their processor only that look")
    func backwards() {
        let before = CPUTimes.Ticks(total: 100, idle: 50)
        #expect(CPUTimes.Ticks(total: 90, idle: 50).usage(since: before) == nil)
        #expect(CPUTimes.Ticks(total: 110, idle: 40).usage(since: before) == nil)
        #expect(CPUTimes.Ticks(total: 101, idle: 60).usage(since: before) == 0)
        #expect(CPUTimes("cpu a b c d\n") == nil)
        #expect(CPUTimes("cpu0 1 2 3 4\n") == nil)
        #expect(CPUTimes("cpu 1 2 3 4\ncpu99999 1 2 3 4\n")?.cores.isEmpty == true)
        #expect(CPUTimes("cpu 18446744073709551615 1 1 1\n") != nil)
    }

    @Test("a file that makes no sense is told once, and costs the rest nothing")
    func broken() throws {
        let tree = try Tree()
        tree.write("proc/stat", "btime 5\n")
        let log = MemoryLog()
        var cpu = CPUProvider(Host(tree), logger: log.logger)
        #expect(cpu.readings().isEmpty && cpu.readings().isEmpty)
        #expect(log.said == ["warning cannot be read cpu/usage"])
    }

    @Test(
        "the model is in the words of its architecture",
        arguments: [
            ("model name\t: AMD Ryzen 7\nvendor_id\t: AuthenticAMD\n", "AMD Ryzen 7", "AuthenticAMD"),
            ("processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd08\n", "Cortex-A72", "ARM"),
            ("CPU implementer\t: 0x51\nCPU part\t: 0x001\n", nil, nil),
            ("", nil, nil),
        ] as [(String, String?, String?)])
    func model(text: String, model: String?, vendor: String?) throws {
        let tree = try Tree()
        tree.write("proc/cpuinfo", text)
        let info = CPUInfo.reading(Host(tree), count: 1).value
        #expect(info["model"]?.string == model && info["vendor"]?.string == vendor)
    }

    @Test("frequencies are in MHz, for each processor that its policy stands for")
    func frequency() throws {
        let tree = try Tree(
            manifest: """
                sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq = 1500123
                sys/devices/system/cpu/cpufreq/policy0/affected_cpus = 0 1
                sys/devices/system/cpu/cpufreq/policy0/scaling_min_freq = 600000
                sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq = 1800000
                sys/devices/system/cpu/cpufreq/policy0/scaling_governor = ondemand
                sys/devices/system/cpu/cpufreq/policy4/scaling_cur_freq = 2000000
                sys/devices/system/cpu/cpufreq/policy4/affected_cpus = 4
                """)
        var cpu = provider(tree)
        #expect(
            value(cpu.readings(), "cpu/frequency") == [
                "cores": [1500, 1500, nil, nil, 2000], "min": 600, "max": 1800, "governor": "ondemand",
            ])
    }

    @Test("throttling is counted for all cores, and once for their package")
    func throttling() throws {
        let tree = try Tree()
        stat(tree, all: [1, 0, 0, 9], [[1, 0, 0, 9], [1, 0, 0, 9]])
        for (core, count) in [3, 4].enumerated() {
            let directory = "sys/devices/system/cpu/cpu\(core)/thermal_throttle"
            tree.write(directory + "/core_throttle_count", "\(count)\n")
            tree.write(directory + "/package_throttle_count", "9\n")
        }
        var cpu = provider(tree)
        #expect(value(cpu.readings(), "cpu/throttling") == ["core": 7, "package": 9])
    }

    private func provider(_ tree: Tree) -> CPUProvider { CPUProvider(Host(tree), logger: MemoryLog().logger) }

    private func value(_ readings: [Reading], _ path: String) -> JSON? { readings.first { $0.path == path }?.value }

    /// Writes proc/stat with the ticks of all processors and of each.
    private func stat(_ tree: Tree, all: [Int], _ cores: [[Int]]) {
        let line = { (name: String, ticks: [Int]) in "\(name) \(ticks.map(String.init).joined(separator: " "))\n" }
        let lines = cores.enumerated().map { line("cpu\($0)", $1) }
        tree.write("proc/stat", line("cpu ", all) + lines.joined() + "intr 12345 0 0\nctxt 1\n")
    }
}
