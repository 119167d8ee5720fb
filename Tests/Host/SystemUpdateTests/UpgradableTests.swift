import Handover
import Testing

@testable import SystemUpdate

/// What apt says that it would install.
struct UpgradableTests {
    @Test("a newer version, with where it comes from")
    func update() {
        #expect(
            Upgradable(simulated: "Inst bash [5.2.15-2+b8] (5.2.15-2+b13 Debian:12.15/oldstable [amd64])")
                == Upgradable(name: "bash", from: "5.2.15-2+b8", to: "5.2.15-2+b13", security: false))
    }

    @Test(
        "an update mends a weakness if one of its archives is for such",
        arguments: [
            ("Debian-Security:12/oldstable-security", true), ("Ubuntu:22.04/jammy-security", true),
            ("Debian:12.15/oldstable, Debian-Security:12/stable-security", true), ("localhost", false),
            ("Debian:12.15/oldstable", false),
        ])
    func security(archives: String, isSecurity: Bool) {
        let line = "Inst perl [5.36.0-7+deb12u2] (5.36.0-7+deb12u4 \(archives) [amd64]) [perl-security:amd64 ]"
        #expect(Upgradable(simulated: line)?.security == isSecurity)
    }

    @Test("a package that comes along has no former version")
    func new() {
        #expect(
            Upgradable(simulated: "Inst linux-image-6.1.0-9 (6.1.1-1 Debian:12/stable [amd64])")
                == Upgradable(name: "linux-image-6.1.0-9", from: nil, to: "6.1.1-1", security: false))
    }

    @Test("a version without an archive")
    func noArchive() { #expect(Upgradable(simulated: "Inst a [1] (2)")?.to == "2") }

    @Test(
        "other lines are nothing",
        arguments: [
            "Conf bash (5.2 Debian:12/stable [amd64])", "Remv bash [5.2]", "Inst", "Inst ", "Inst bash",
            "Inst bash [1]",
            "Inst bash (", "Reading package lists...", "",
        ])
    func others(line: String) { #expect(Upgradable(simulated: line) == nil) }
}
