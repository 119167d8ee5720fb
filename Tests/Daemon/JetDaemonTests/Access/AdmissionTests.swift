import JetBus
import Testing

@testable import JetDaemon

/// Which connections are accepted.
@Suite("Connections: how they are divided among accounts")
struct AdmissionTests {
    /// Connects one account as often as it may.
    private func fill(
        _ admission: inout Admission, _ account: AccountName, isUnix: Bool = false, configured: Int? = nil
    )
        -> Int
    {
        var count = 0
        while (try? admission.admit(account, isUnix: isUnix, configured: configured)) != nil { count += 1 }
        return count
    }

    @Test("an account gets half of what the others leave, and the last one still gets something")
    func halves() {
        var admission = Admission(total: 208, administrators: [0])
        let shares = (1...6).map { fill(&admission, .address("192.0.2.\($0)")) }
        #expect(shares == [88, 44, 22, 11, 6, 3])
    }

    @Test("more connections of one account gain it nothing, by whatever socket")
    func onePool() {
        var admission = Admission(total: 208, administrators: [0])
        let tcp = fill(&admission, .userID(7))
        let unix = fill(&admission, .userID(7), isUnix: true)
        #expect(tcp == 88 && unix == 13)
        admission.release(.userID(7))
        #expect(fill(&admission, .userID(7)) == 0, "it has more than TCP peers may have")
    }

    @Test("whatever TCP peers take, peers on the unix socket connect, and beside these an administrator")
    func reserves() {
        var admission = Admission(total: 64, administrators: [0, 990])
        for number in 0..<1000 { _ = fill(&admission, .address("192.0.2.\(number)")) }
        for number in 1..<100 { #expect(fill(&admission, .userID(UInt32(number)), isUnix: true) > 0 || number > 4) }
        #expect(fill(&admission, .userID(990)) == 0, "not over TCP")
        #expect(fill(&admission, .userID(990), isUnix: true) == 2)
        #expect(fill(&admission, .userID(0), isUnix: true) == 0)
    }

    @Test("an administrator alone may have all")
    func administrator() {
        var admission = Admission(total: 64, administrators: [0])
        #expect(fill(&admission, .userID(0), isUnix: true) == 64)
    }

    @Test("a configured limit replaces the share, within what is left")
    func configured() {
        var admission = Admission(total: 208, administrators: [])
        #expect(fill(&admission, .address("192.0.2.1"), configured: 3) == 3)
        #expect(fill(&admission, .address("192.0.2.2"), configured: 1000) == 173)
    }

    @Test("a refusal says how many the account has and how many it may have; a closed connection counts no more")
    func refusal() throws {
        var admission = Admission(total: 208, administrators: [])
        #expect(fill(&admission, .userID(7)) == 88)
        let refusal = #expect(throws: Admission.Refusal.self) { try admission.admit(.userID(7), isUnix: false) }
        #expect(refusal == Admission.Refusal(account: .userID(7), used: 88, max: 88))
        admission.release(.userID(7))
        try admission.admit(.userID(7), isUnix: false)
        admission.release(.unknown)
    }

    @Test("without a limit, all are accepted")
    func unlimited() throws {
        var admission = Admission(total: .max, administrators: [0])
        try admission.admit(.unknown, isUnix: false)
        try admission.admit(.userID(0), isUnix: true)
    }
}
