internal import Files
internal import Handover

/// Whether dpkg was interrupted between two of its steps, by a power failure or because it was killed.
///
/// It leaves one of two traces: entries in its journal that are not in its status file yet, with which apt refuses to
/// run; or packages that are unpacked but not configured, which `dpkg --audit` lists. `dpkg --configure -a` repairs
/// both.
enum DpkgRepair {
    /// Whether there is something to repair. Only meaningful while no process holds dpkg's lock: a running dpkg leaves
    /// the same traces.
    ///
    /// - Parameter audit: The output of `dpkg --audit`.
    static func isNeeded(on machine: UpdateMachine, audit: [String]) -> Bool {
        !audit.isEmpty || hasNotes(in: machine.files.dpkgJournal)
    }

    /// Whether there are entries in the journal: files whose name is a number.
    private static func hasNotes(in directory: String) -> Bool {
        File.names(in: FilePath(directory)).contains {
            $0.bytes.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
        }
    }
}
