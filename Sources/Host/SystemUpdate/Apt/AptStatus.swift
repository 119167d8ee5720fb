/// One line of apt's progress reports, which it writes to the descriptor that `APT::Status-Fd` names.
///
///     dlstatus:3:41.7:Retrieving file 3 of 7
///     pmstatus:bash:60.0:Configuring bash (amd64)
///     pmerror:bash:60.0:installed bash package post-installation script subprocess returned error exit status 1
///     pmconffile:/etc/bash.bashrc:60.0:'/etc/bash.bashrc' '/etc/bash.bashrc.dpkg-new' 1 1
///
/// The format is described in apt's README.progress-reporting.
enum AptStatus: Hashable, Sendable {
    /// The percentage of the download that is complete.
    case download(percent: Double, text: String)
    /// dpkg's progress, and the package that it works on: `nil` when dpkg itself starts.
    case install(package: String?, percent: Double, text: String)
    /// dpkg failed to process this package.
    case failure(package: String, text: String)
    /// dpkg would have asked what to do with a configuration file.
    case conffile(path: String)

    /// Reads a line; `nil` for what is of no interest, or not understood.
    init?(_ line: String) {
        let fields = line.split(separator: ":", omittingEmptySubsequences: false)
        // A name may have a colon in it, and so may the text; the percents between them do not.
        guard let kind = fields.first, fields.count >= 4,
            let middle = fields.indices.dropFirst(2).first(where: { Double(fields[$0]) != nil }),
            let percent = Double(fields[middle]), percent.isFinite
        else { return nil }
        let subject = fields[1..<middle].joined(separator: ":")
        let text = fields[(middle + 1)...].joined(separator: ":")
        switch kind {
        case "dlstatus": self = .download(percent: percent, text: text)
        case "pmstatus":
            self = .install(package: subject == "dpkg-exec" ? nil : subject, percent: percent, text: text)
        case "pmerror": self = .failure(package: subject, text: text)
        case "pmconffile": self = .conffile(path: subject)
        default: return nil
        }
    }
}
