public import AgentCore
internal import Files
public import Logging

/// The host's processors: `cpu/info`, `cpu/usage`, `cpu/frequency`, `cpu/throttling`.
public struct CPUProvider: Provider {
    /// `cpu`
    public let name = "cpu"

    /// How long between two polls.
    public let period: Duration?

    private let host: Host
    private let faults: FaultLog
    private var usage = CPUUsage()
    private var info: (reading: Reading, count: Int)?
    private var throttling: (reading: Reading?, age: Int)?

    /// The lines of the processors are at the beginning of /proc/stat: those of 8192 processors take less than that, in
    /// bytes.
    private static let longestTimes = 1 << 20

    /// Throttling is read at every fifth poll only, since that means reading two files for each processor.
    private static let throttlingEvery = 5

    /// The processors of `host`.
    public init(_ host: Host, period: Duration? = nil, logger: Logger) {
        self.host = host
        self.period = period
        faults = FaultLog(logger)
    }

    /// What is so now; usage from the second time on.
    public mutating func readings() -> [Reading] {
        let times = faults.noting("cpu/usage") { () throws(HostFileError) in
            let text = String(decoding: try HostFile.firstLines(host.proc("stat"), Self.longestTimes), as: UTF8.self)
            guard let times = CPUTimes(text) else { throw HostFileError(notANumber: text) }
            return times
        }
        var readings: [Reading] = []
        if let times {
            readings.append(info(times.cores.count))
            if let reading = usage.reading(times) { readings.append(reading) }
        }
        if let reading = CPUFrequency.reading(host) { readings.append(reading) }
        if let reading = throttling(times?.cores.keys.sorted() ?? []) { readings.append(reading) }
        return readings
    }

    /// What they are changes only with their number.
    private mutating func info(_ count: Int) -> Reading {
        if let info, info.count == count { return info.reading }
        let reading = CPUInfo.reading(host, count: count)
        info = (reading, count)
        return reading
    }

    private mutating func throttling(_ cores: [Int]) -> Reading? {
        if let throttling, throttling.age < Self.throttlingEvery {
            self.throttling?.age += 1
            return throttling.reading
        }
        let reading = CPUThrottling.reading(host, cores: cores)
        throttling = (reading, 1)
        return reading
    }
}
