import Digests
import Files
import Netlink
import TestSupport
import Testing
import Text

@testable import DeviceCertificate
@testable import JetCertificateCommand

@Suite("Names of a certificate", .timeLimit(.minutes(2)))
struct NamesTests {
    @Test(arguments: [
        "", ".", "a..b", "-a", "a-", "shed local", "shed\nDNS.2 = bank.example", "$ENV::HOME", "a#b", "*.local", "a;b",
        "10.0.0.1", "fd00::1", "ä.local", "under_score", String(repeating: "a", count: 64),
        String(repeating: "a.", count: 127) + "b",
    ])
    func `What is not a host name is left out`(name: String) {
        #expect(!HostName.isValid(name))
        #expect(CertificateNames(hosts: ["shed", name], addresses: []).hosts == ["shed"])
    }

    @Test func `Names are compared without regard to case, and duplicates are dropped`() {
        let names = CertificateNames(
            hosts: ["Shed", "shed", "shed.LOCAL"], addresses: ["fd00:0::1", "fd00::1", "10.0.0.1", "10.0.0.300"])
        #expect(names.hosts == ["shed", "shed.local"])
        #expect(names.addresses == ["fd00::1", "10.0.0.1"])
    }

    @Test func `There are at most 64 names and 64 addresses`() {
        let names = CertificateNames(
            hosts: (0..<100).map { "host\($0)" }, addresses: (0..<100).map { "10.0.0.\($0)" })
        #expect(names.hosts.count == 64)
        #expect(names.addresses.count == 64)
    }

    @Test(arguments: [
        ("shed-2.local\n", "shed-2.local"), ("Shed.local", "shed.local"), ("shed.example.com\n", nil),
        ("shed.local\nbank.example\n", "shed.local"), ("", nil), ("a b.local", nil),
        ("[ca]\ndefault_ca = x.local", nil), (String(repeating: "a", count: 600) + ".local", nil),
    ])
    func `The announced name is believed only if it is one in the domain local`(text: String, name: String?) throws {
        let folder = try TemporaryFolder()
        try File.replace("\(folder.path)/name", with: Array(text.utf8), mode: 0o644)
        #expect(CertificateNames.announcedName("\(folder.path)/name") == name)
    }

    @Test func `A machine's names have localhost and the loopback addresses`() throws {
        let names = try CertificateNames.ofThisMachine(announced: "/nonexistent")
        #expect(names.hosts.contains("localhost"))
        #expect(names.addresses.starts(with: ["127.0.0.1", "::1"]))
    }

    @Test(arguments: [
        ("127.0.0.1", false), ("0.0.0.0", false), ("169.254.3.4", false), ("224.0.0.251", false), ("10.1.2.3", true),
        ("100.64.0.1", true), ("::1", false), ("::", false), ("fe80::1", false), ("ff02::fb", false), ("fd12::1", true),
        ("2001:db8::1", true),
    ])
    func `Addresses of one link or of this machine alone are left out`(text: String, isReachable: Bool) throws {
        #expect(try #require(LocalAddress(text)).isReachable == isReachable)
    }

    @Test(arguments: [[], ["nonsense"], ["ensure", "more"], ["import", "one"], ["--folder"], ["--folder", "/x"]])
    func `A command line that makes no sense is refused`(arguments: [String]) {
        #expect(throws: CertificateRun.UsageError.self) { try CertificateRun(arguments[...]) }
    }

    @Test func `The manual page describes each verb`() throws {
        let page = try Repository.text("packaging/man/jet-certificate.8")
        for verb in CertificateRun.Verb.allCases {
            let name = verb.rawValue.split(separator: "-").joined(separator: "\\-")
            #expect(page.contains("\n.It Cm \(name)"), "\(name)")
        }
    }

    @Test func `Shown are the fingerprint, the words, the names, the dates and the CA`() throws {
        let fixture = try Fixture()
        var shown = ""
        let folder = ["--folder", fixture.folder.path]
        _ = try CertificateRun((folder + ["ensure"])[...]).carryOut { shown += $0 }
        #expect(shown.isEmpty)
        _ = try CertificateRun((folder + ["show"])[...]).carryOut { shown += $0 }
        let info = try fixture.certificate.info()
        for text in ["\(info.fingerprint)", info.fingerprint.words, "localhost", fixture.path("ca.pem")] {
            #expect(shown.contains(text))
        }
    }
}
