internal import Files
internal import Glibc
internal import Handover

/// The machine that a job works on, and how the job is asked to stop: what differs between a device and a test.
public struct UpdateMachine: Sendable {
    /// Where its files are.
    let files: UpdateFiles
    /// Additional environment variables for apt and dpkg; empty on a device.
    let environment: [String: String]
    /// Additional options for dpkg when it is called without apt; empty on a device.
    let dpkgOptions: [String]
    /// Where the output of apt and dpkg goes.
    let log: @Sendable (String) -> Void
    /// Whether this process has been asked to stop.
    let isInterrupted: @Sendable () -> Bool
    /// Inhibits a shutdown of the machine while the returned value is held.
    let keepUp: @Sendable () -> (any Sendable)?

    /// The machine this runs on.
    ///
    /// - Parameters:
    ///   - isInterrupted: Whether somebody wants this process to end. It is asked often.
    ///   - keepUp: Keeps the machine from being shut down, for as long as what it gives is held; `nil` if it cannot.
    public init(
        isInterrupted: @escaping @Sendable () -> Bool, keepUp: @escaping @Sendable () -> (any Sendable)? = { nil }
    ) {
        self.init(files: UpdateFiles(), isInterrupted: isInterrupted, keepUp: keepUp)
    }

    init(
        files: UpdateFiles, environment: [String: String] = [:], dpkgOptions: [String] = [],
        log: @escaping @Sendable (String) -> Void = Self.print, isInterrupted: @escaping @Sendable () -> Bool,
        keepUp: @escaping @Sendable () -> (any Sendable)? = { nil }
    ) {
        self.files = files
        self.environment = environment
        self.dpkgOptions = dpkgOptions
        self.log = log
        self.isInterrupted = isInterrupted
        self.keepUp = keepUp
    }

    /// Runs apt or dpkg.
    ///
    /// - Throws: `SystemCallError` if it cannot be started.
    func run(
        _ command: AptCommand, note: (ChildProgram.Line) -> Void, shouldEnd: () -> Bool
    ) throws(SystemCallError) -> ChildProgram.Ending {
        let isDpkg = command == .audit || command == .configure
        let program = try ChildProgram(
            command.program, (isDpkg ? dpkgOptions : []) + command.arguments,
            AptCommand.environment.merging(environment) { $1 })
        return program.run(note, shouldEnd: shouldEnd)
    }

    /// Writes a line to standard output, for the journal.
    private static func print(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
