import DeviceCertificate
import DocumentedEvents
import Glibc
import Journal
import Logging
import Moments
import Systemd

/// The program `jet-certificate`, see jet-certificate(8): makes the certificate of the device, renews it, and hands it to
/// the gateway. It runs as root, is started by its units and by `jet`, and ends when it is done.
public enum JetCertificate {
    /// Does what the command line says; ends the process with another status than 0 if it could not.
    public static func main() async {
        umask(0o077)
        let run: CertificateRun
        do throws(CertificateRun.UsageError) {
            run = try CertificateRun(CommandLine.arguments.dropFirst())
        } catch {
            JetLog.complain("jet-certificate", error.description, CertificateEvent.failed)
            exit(2)
        }
        let logger = JetLog.start("jet-certificate", level: LogLevel(.info)).logger
        do throws(CertificateError) {
            let change = try run.carryOut { write($0) }
            if let change, note(change, logger), run.isDefaultFolder { await reloadGateway(logger) }
        } catch {
            logger.note(CertificateEvent.failed, ["verb": "\(run.verb.rawValue)", "reason": "\(error)"])
            exit(1)
        }
    }

    private static func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }

    /// Logs what was done.
    ///
    /// - Returns: Whether the files are other ones than before.
    private static func note(_ change: DeviceCertificate.Change, _ logger: Logger) -> Bool {
        let info = change.info
        var fields: Logger.Metadata = [
            "fingerprint": "\(info.fingerprint)", "names": "\(info.names)", "expires": "\(info.notAfter.text ?? "")",
        ]
        switch change.kind {
        case .kept:
            if let shortcoming = CertificateRun.shortcoming(of: info, at: .now) {
                fields["reason"] = "\(shortcoming)"
                logger.note(CertificateEvent.importedInsufficient, fields)
            }
            return false
        case .created: logger.note(CertificateEvent.created, fields)
        case .identityChanged: logger.note(CertificateEvent.identityChanged, fields)
        case .renewed(let cause):
            fields["reason"] = "\(cause.rawValue)"
            logger.note(CertificateEvent.renewed, fields)
        case .imported: logger.note(CertificateEvent.imported, fields)
        }
        return true
    }

    /// Has a running gateway use the new certificate. It is not waited for: the gateway may just be starting, after this
    /// service.
    private static func reloadGateway(_ logger: Logger) async {
        let gateway = "jet-tls.service"
        do throws(DBusError) {
            try await UnitManager(SystemBus()).request(.reloadIfActive, gateway)
        } catch {
            // Without the unit or without systemd there is nothing to reload.
            if error.isServiceMissing { return }
            logger.warning(
                "\(gateway) was not reloaded: run 'systemctl reload \(gateway)'", metadata: ["reason": "\(error)"])
        }
    }
}
