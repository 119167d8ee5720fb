import ArgumentParser
import DeviceCertificate
import Jet

/// `jet remote`: whether other machines can reach this device.
struct RemoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remote",
        abstract: "Let other machines connect to this device, with TLS; or no longer.",
        discussion: """
            'enable' makes the certificate of the device, opens port 11124, announces the device on the network, checks \
            that the port answers, and says what to do on the other machine. Other machines see nothing and can do \
            nothing until they have paired or log in with a password.

            Examples:
              sudo jet remote enable
              jet remote status
              sudo jet remote disable
            """,
        subcommands: [Enable.self, Status.self, Disable.self], defaultSubcommand: Status.self)

    /// `jet remote enable`: opens the port.
    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable", abstract: "Let other machines connect, now and after each start of the device.",
            discussion: "With --json, as in 'jet remote status'.")
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try Root.check("jet remote enable")
            let programs = InstalledPrograms()
            let service = DeviceService(programs)
            try service.enable()
            let configuration = Peer.Configuration.ofTool()
            var state = await RemoteState.now(service, configuration: configuration)
            // The first connection starts the gateway.
            for _ in 0..<20 where !state.isReachable {
                try await Task.sleep(for: .milliseconds(500))
                state = await RemoteState.now(service, configuration: configuration)
            }
            let firewall = Firewall.running(programs, port: state.port)
            guard state.isReachable, let certificate = state.certificate else { throw RemoteCommand.unreachable(state) }
            if output.json { return try output.write([state.record]) }
            try StandardOutput.write(
                lines: RemoteCommand.enabled(state, certificate, firewall).map(TerminalText.escaped))
        }
    }

    /// `jet remote status`: shows how the device can be reached.
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Show whether other machines can connect, and how.",
            discussion: """
                The exit code is 0 if the port answers with the key of this device, else 1. Connections and keys are shown \
                to root and to members of the group operator.

                With --json: {"enabled", "listening", "reachable", "port", "fingerprint"?, "certificateNames"?, \
                "notAfter"?, "names": [...], "announcedAs"?, "connections"?, "keys"?}.
                """)
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let state = await RemoteState.now(
                DeviceService(InstalledPrograms()), configuration: Peer.Configuration.ofTool())
            if output.json { try output.write([state.record]) } else { try output.write(Listing.pairs(state.rows)) }
            guard !state.isReachable else { return }
            throw RemoteCommand.unreachable(state)
        }
    }

    /// `jet remote disable`: closes the port.
    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Close the port and all connections of other machines.",
            discussion: "The certificate, the users and their keys stay, for the next 'jet remote enable'.")

        func run() async throws {
            try Root.check("jet remote disable")
            try DeviceService(InstalledPrograms()).disable()
            StandardOutput.say("Other machines can no longer connect to this device.")
        }
    }
}

extension RemoteCommand {
    /// What 'enable' prints when all is well.
    static func enabled(_ state: RemoteState, _ certificate: CertificateInfo, _ firewall: Firewall?) -> [String] {
        var lines = [
            "Other machines can connect to port \(state.port) of this device.", "Its key is", "",
            "    \(certificate.fingerprint)", "    \(certificate.fingerprint.words)", "",
        ]
        if let name = state.announcedName { lines += ["It is announced as \(name); 'jet discover' finds it.", ""] }
        let port = state.port == 11124 ? "" : ":\(state.port)"
        lines += [
            "To pair with another machine, type here", "", "    sudo jet pair --offer", "",
            "and there", "", "    jet pair \(state.names.first ?? "HOST")\(port)",
        ]
        if state.names.count > 1 {
            lines += ["", "If it does not find that name, use \(state.names.dropFirst().joined(separator: " or "))."]
        }
        if let firewall { lines += [""] + firewall.lines(port: state.port) }
        return lines
    }

    /// Why other machines cannot connect.
    static func unreachable(_ state: RemoteState) -> Failure {
        guard state.isListening else {
            return Failure(
                .refused,
                "Other machines cannot connect to this device: \(state.isEnabled ? "the port is not open" : "it is not enabled").",
                advice: state.isEnabled
                    ? "See: systemctl status \(DeviceService.socket)" : "To enable it: sudo jet remote enable")
        }
        switch state.answer {
        case .otherKey(let key):
            return Failure(
                .refused, "Port \(state.port) answers with another key than that of this device: \(key).",
                advice: "Another program may have the port: ss -ltnp sport = \(state.port)")
        case .none(let reason):
            return Failure(
                .refused, "Port \(state.port) is open, but does not answer with TLS: \(reason).",
                advice: "To see why: journalctl -b -u \(DeviceService.gateway) -u jetd.service")
        case .good:
            return Failure(.refused, "This device has no certificate.", advice: "To make it: sudo jet remote enable")
        }
    }
}
