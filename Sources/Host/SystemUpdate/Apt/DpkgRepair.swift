internal import Files
internal import Handover

/// Whether dpkg was interrupted: the power went, or somebody killed it, between two of its steps.
///
/// It leaves one of two traces. Notes in its journal that are not in its status file yet: then apt refuses to do anything.
/// Or packages that are unpacked and not configured, which `dpkg --audit` tells of. `dpkg --configure -a` mends both.
enum DpkgRepair {
    /// Whether there is something to repair. Only meaningful while nobody holds dpkg's lock: the traces of one who is at
    /// work look the same.
    ///
    /// - Parameter audit: What `dpkg --audit` said.
    static func isNeeded(on machine: UpdateMachine, audit: [String]) -> Bool {
        !audit.isEmpty || hasNotes(in: machine.files.dpkgJournal)
    }

    /// Whether there are notes in the journal: files that are called by a number.
    private static func hasNotes(in directory: String) -> Bool {
        File.names(in: directory).contains { $0.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) }
    }
}
