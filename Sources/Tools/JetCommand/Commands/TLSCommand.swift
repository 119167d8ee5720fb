import ArgumentParser
import DeviceCertificate
import Digests
import JSONText
import Moments

/// `jet tls`: the certificate of this device.
struct TLSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tls",
        abstract: "Show and change the certificate of this device.",
        discussion: """
            The device has a certificate authority of its own, which signs its certificate. Other machines know the device \
            by the fingerprint of the authority's key. The certificate is renewed by itself, also when names or addresses \
            change; the fingerprint stays.

            Examples:
              jet tls show                       the fingerprint, names, dates
              jet tls show --json | jq -r .fingerprint
              sudo jet tls import fullchain.pem privkey.pem
              sudo jet tls reset                 back to the device's own authority
              sudo jet tls rotate                a new key, after the old one was stolen
            """,
        subcommands: [Show.self, Import.self, Renew.self, Rotate.self, Reset.self], defaultSubcommand: Show.self)

    /// The folder with the certificate.
    struct FolderOption: ParsableArguments {
        @Option(help: ArgumentHelp("The folder with the certificate.", valueName: "folder"), completion: .directory)
        var folder = DeviceCertificate.defaultFolder

        /// The certificate in the folder.
        var certificate: DeviceCertificate { DeviceCertificate(folder: folder) }

        /// Changes the certificate, and has jet-tls(8) use it if it is the system's.
        func change(
            _ command: String,
            _ body: (DeviceCertificate, CertificateNames) throws(CertificateError) -> DeviceCertificate.Change
        ) throws -> DeviceCertificate.Change {
            let isSystem = folder == DeviceCertificate.defaultFolder
            if isSystem { try Root.check(command) }
            do throws(CertificateError) {
                let change = try body(certificate, try .ofThisMachine())
                if isSystem, change.isChange { try? DeviceService(InstalledPrograms()).reloadCertificate() }
                return change
            } catch {
                throw Failure(error)
            }
        }
    }

    /// `jet tls show`: shows the certificate.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show the fingerprint, the names and the dates of the certificate.",
            discussion: """
                On a terminal, the fingerprint is also shown as a QR code if the program qrencode is installed.

                With --json: {"fingerprint", "words", "origin": "own" or "imported", "names": [...], "notBefore", \
                "notAfter", "authorityFile"?}.
                """)
        @Flag(inversion: .prefixedNo, help: "Whether to show a QR code. (default: on a terminal)")
        var qr: Bool?
        @OptionGroup var folder: FolderOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let info: CertificateInfo
            do throws(CertificateError) { info = try folder.certificate.info() } catch { throw Failure(error) }
            if output.json { return try output.write([info.record]) }
            try output.write(Listing.pairs(info.rows))
            guard qr ?? output.terminal.isTerminal else { return }
            if let code = InstalledPrograms().output("qrencode", "-t", "UTF8", "-m", "2", info.fingerprint.description)
            {
                try StandardOutput.write("\n" + code)
            } else {
                StandardOutput.say("\nFor a QR code of the fingerprint: sudo apt install qrencode")
            }
        }
    }

    /// `jet tls import`: uses a certificate that someone else has issued.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Use a certificate from another authority, such as one from an ACME client.",
            discussion: """
                The certificate and the key must fit and be valid. It is in use at once; connections stay. It is not \
                renewed by the device: import the new one before it expires.

                Examples:
                  sudo jet tls import fullchain.pem privkey.pem
                """)
        @Argument(help: "The certificate in PEM, then the one that issued it, and so on.", completion: .file())
        var certificate: String
        @Argument(help: "The key of the certificate in PEM, without a passphrase.", completion: .file())
        var key: String
        @OptionGroup var folder: FolderOption

        func run() async throws {
            let change = try folder.change("jet tls import") { device, _ throws(CertificateError) in
                try device.importFiles(certificate: certificate, key: key)
            }
            StandardOutput.say(
                """
                The certificate for \(change.info.names) is in use, until \(change.info.notAfter.text ?? "?").
                Other machines now verify it by its authority, or by the fingerprint \(change.info.fingerprint); machines \
                that know the device by its own authority refuse it.
                """)
        }
    }

    /// `jet tls renew`: makes a new certificate of the same authority.
    struct Renew: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "renew", abstract: "Make a new certificate now; the fingerprint of the device stays.",
            discussion: "This happens by itself. Use it if the certificate was not valid by a wrong clock.")
        @OptionGroup var folder: FolderOption

        func run() async throws {
            let change = try folder.change("jet tls renew") { device, names throws(CertificateError) in
                try device.renew(names: names)
            }
            StandardOutput.say("The new certificate is valid until \(change.info.notAfter.text ?? "?").")
        }
    }

    /// `jet tls rotate`: makes a new authority.
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate", abstract: "Make a new authority: the device gets another fingerprint.",
            discussion: """
                All machines that know the device refuse it then, until they pair again or forget its key. Use it if the \
                private key may have been read by others.
                """)
        @Flag(help: "Do not ask.")
        var yes = false
        @OptionGroup var folder: FolderOption

        func run() async throws {
            if folder.folder == DeviceCertificate.defaultFolder { try Root.check("jet tls rotate") }
            if !yes {
                StandardOutput.say(
                    "All machines that know this device, paired ones too, will refuse it until they pair again.")
                guard PasswordPrompt.isPossible else {
                    throw Failure(.usage, "Nothing was changed.", advice: "Without a terminal, use --yes.")
                }
                guard try TerminalQuestion.confirm("Make a new key?") else {
                    throw Failure(.usage, "Nothing was changed.")
                }
            }
            let change = try folder.change("jet tls rotate") { device, names throws(CertificateError) in
                try device.rotate(names: names)
            }
            StandardOutput.say(
                """
                The fingerprint of this device is now
                  \(change.info.fingerprint)
                  \(change.info.fingerprint.words)
                On the other machines, pair again: jet pair HOST
                """)
        }
    }

    /// `jet tls reset`: returns to the device's own authority.
    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset", abstract: "Drop an imported certificate, and return to the device's own authority.")
        @OptionGroup var folder: FolderOption

        func run() async throws {
            let change = try folder.change("jet tls reset") { device, names throws(CertificateError) in
                try device.reset(names: names)
            }
            StandardOutput.say(
                change.isChange
                    ? "The certificate of the device's own authority is in use: \(change.info.fingerprint)"
                    : "The certificate is of the device's own authority already.")
        }
    }
}

extension CertificateInfo {
    /// For programs.
    var record: JSON {
        var object: JSON.Object = [
            "fingerprint": .string(fingerprint.description), "words": .string(fingerprint.words),
            "origin": .string(origin.rawValue), "names": .array(names.all.map(JSON.string)),
            "notBefore": .string(notBefore.text ?? ""), "notAfter": .string(notAfter.text ?? ""),
        ]
        object["authorityFile"] = authorityFile.map(JSON.string)
        return .object(object)
    }

    /// For people.
    var rows: [(name: String, text: String)] {
        var rows = [
            ("fingerprint", fingerprint.description), ("words", fingerprint.words),
            ("names", names.all.joined(separator: ", ")),
            ("valid", "\(notBefore.text ?? "?") to \(notAfter.text ?? "?")" + (isValid(at: .now) ? "" : " (NOT NOW)")),
            ("issued by", origin == .own ? "this device" : "another authority; it is not renewed by the device"),
        ]
        if let authorityFile { rows.append(("authority", "\(authorityFile) (for --ca-file on other machines)")) }
        return rows
    }
}
