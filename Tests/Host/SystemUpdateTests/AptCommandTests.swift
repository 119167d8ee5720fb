import Handover
import Testing

@testable import SystemUpdate

/// What apt and dpkg are told: these lists, whoever asks.
struct AptCommandTests {
    @Test("an installation asks nothing, keeps configuration files and removes no package")
    func install() {
        #expect(AptCommand.install.program == "/usr/bin/apt-get")
        #expect(
            AptCommand.install.arguments == [
                "-q", "-y", "-o", "APT::Status-Fd=3", "-o", "Dpkg::Use-Pty=0", "-o", "Acquire::Retries=3",
                "-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold",
                "upgrade", "--with-new-pkgs",
            ])
        #expect(AptCommand.environment["DEBIAN_FRONTEND"] == "noninteractive")
    }

    @Test("what is fetched, and what is said beforehand, is what will be installed")
    func same() {
        for command in [AptCommand.simulate, .download] {
            #expect(command.arguments.contains("upgrade") && command.arguments.contains("--with-new-pkgs"))
        }
        #expect(AptCommand.download.arguments.last == "--download-only")
        #expect(AptCommand.simulate.arguments.contains("-s"))
    }

    @Test("a repair keeps configuration files, too")
    func repair() {
        #expect(AptCommand.configure.program == "/usr/bin/dpkg")
        #expect(AptCommand.configure.arguments == ["--force-confdef", "--force-confold", "--configure", "-a"])
    }
}
