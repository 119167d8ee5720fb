internal import AgentCore
internal import Files
internal import Glibc
internal import JSONText
internal import JetProtocol

/// Reads what chips measure: one file for each channel, and the alarms less often.
///
/// A channel that cannot be read, or that reports a fault, has no state until it works again; other channels are not
/// affected. A channel that is only busy keeps its last value for a few polls.
struct ChipReader: Sendable {
    private let configuration: SensorConfiguration
    private let faults: FaultLog
    private var held: [String: Held] = [:]
    private var alarms: [String: Reading] = [:]
    private var pollsSinceAlarms = alarmPeriod

    /// The number of polls between two reads of the alarms: each alarm is another file, some are slow to read from the
    /// hardware, and good drivers send a notification when an alarm is raised.
    static let alarmPeriod = 10
    /// The number of polls for which a busy channel keeps its last value.
    static let patience = 5

    private struct Held {
        var raw: Int
        var busyPolls = 0
    }

    init(_ configuration: SensorConfiguration, _ faults: FaultLog) {
        self.configuration = configuration
        self.faults = faults
    }

    /// Makes the alarms due, and forgets what was held of channels that are gone.
    mutating func chipsChanged() {
        pollsSinceAlarms = Self.alarmPeriod
        held = [:]
        alarms = [:]
    }

    /// Reads `chips`.
    ///
    /// - Returns: Whether all files were still there.
    mutating func read(_ chips: [Chip], into result: inout SensorReadings) -> Bool {
        var isComplete = true
        pollsSinceAlarms += 1
        let areAlarmsDue = pollsSinceAlarms >= Self.alarmPeriod
        if areAlarmsDue { pollsSinceAlarms = 0 }
        for chip in chips {
            for channel in chip.channels {
                guard let input = channel.input else { continue }
                do throws(HostFileError) {
                    let value = try channel.quantity.measured(read(channel, input))
                    faults.worked(channel.path)
                    result.readings.append(
                        Reading(
                            channel.path, .number(value), channel.meta,
                            deadband: .number(configuration.deadband(channel.quantity))))
                    if channel.quantity == .temperature {
                        let temperature = Temperature(
                            source: chip.name, label: channel.label, celsius: value, max: channel.meta.max,
                            crit: channel.meta.crit)
                        result.note(temperature, at: channel.path)
                    }
                } catch {
                    if error.isMissing { isComplete = false }
                    faults.failed(channel.path, error)
                }
            }
            guard let path = chip.alarmsPath else { continue }
            if areAlarmsDue { alarms[path] = readAlarms(of: chip, path) }
            if let reading = alarms[path] { result.readings.append(reading) }
        }
        return isComplete
    }

    /// The channel's value in the kernel's units.
    private mutating func read(_ channel: Channel, _ input: FilePath) throws(HostFileError) -> Int {
        if let fault = channel.fault, try HostFile.integer(fault) != 0 { throw HostFileError(Self.faultyText) }
        do throws(HostFileError) {
            let raw = try HostFile.integer(input)
            held[channel.path] = Held(raw: raw)
            return raw
        } catch {
            guard error.code == EAGAIN, let last = held[channel.path], last.busyPolls < Self.patience else {
                throw error
            }
            held[channel.path]?.busyPolls += 1
            return last.raw
        }
    }

    private static let faultyText = "the chip reports a fault of the sensor"

    /// The crossed limits of a chip, by channel: `{"in0": ["min"]}`; `nil` if none of the alarms can be read.
    private func readAlarms(of chip: Chip, _ path: String) -> Reading? {
        var crossed = JSON.Object()
        var failure: HostFileError?
        var hasRead = false
        for channel in chip.channels {
            var limits: [JSON] = []
            for alarm in channel.alarms {
                do throws(HostFileError) {
                    if try HostFile.integer(alarm.path) != 0 { limits.append(.string(alarm.limit)) }
                    hasRead = true
                } catch {
                    failure = error
                }
            }
            if !limits.isEmpty { crossed[channel.word] = .array(limits) }
        }
        if let failure { faults.failed(path, failure) } else { faults.worked(path) }
        guard hasRead else { return nil }
        return Reading(path, .object(crossed), Metadata(title: "\(chip.word) alarms", datatype: .json))
    }
}
