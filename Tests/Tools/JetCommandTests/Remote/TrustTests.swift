import Digests
import JSONText
import Jet
import JetProtocol
import TestSupport
import Testing

@testable import JetCommand

/// Which daemons are trusted, and what is said of those that are not.
@Suite("Trust")
struct TrustTests {
    private let one = Fingerprint(ofKey: [1])
    private let two = Fingerprint(ofKey: [2])
    private let shed = DaemonAddress(host: "shed.local", port: 11124)
    private let endpoint = Endpoint.secureWebSocket(host: "shed.local", port: 11124)
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func destination(_ context: Context? = nil, demand: Peer.Trust? = nil) throws -> Destination {
        var destination = try Destination(
            connect: endpoint, context: nil, environment: nil, in: UserFolder(folder.path))
        destination.context = context.map { ("shed", $0) }
        destination.demand = demand
        return destination
    }

    private func known(_ fingerprint: Fingerprint, isPaired: Bool = false) -> KnownDaemons {
        var known = KnownDaemons([])
        known.note(fingerprint, at: shed, isPaired: isPaired, title: "")
        return known
    }

    @Test(
        "the options say first what a certificate must prove, then the context, then the known daemons, then the system"
    )
    func order() throws {
        var context = Context(endpoint: endpoint)
        context.authorities = "/ca"
        let known = known(one)
        func plan(_ destination: Destination, _ known: KnownDaemons) -> TrustPlan {
            TrustPlan(destination, at: shed, known)
        }
        let option = plan(try destination(context, demand: .fingerprints([two])), known)
        #expect(option.trust == .fingerprints([two]) && option.source == .option)
        let byContext = plan(try destination(context), known)
        #expect(byContext.trust == .authorities(file: "/ca") && byContext.source == .context("shed"))
        context.fingerprints = [two]
        #expect(plan(try destination(context), known).trust == .fingerprints([two]))
        let byFile = plan(try destination(), known)
        #expect(byFile.trust == .fingerprints([one]) && byFile.source == .known(known.entries))
        let system = plan(try destination(), KnownDaemons([]))
        #expect(system.trust == .systemAuthorities && system.source == .system)
    }

    @Test("a context's daemon is known at another address, too")
    func moved() throws {
        let known = known(one, isPaired: true)
        let plan = TrustPlan(
            try destination(Context(endpoint: endpoint)), at: DaemonAddress(host: "192.0.2.7", port: 11124), known)
        #expect(plan.trust == .fingerprints([one]) && plan.offersKey)
    }

    @Test("the user's key is offered to paired daemons only")
    func offering() throws {
        #expect(!TrustPlan(try destination(), at: shed, known(one)).offersKey)
        #expect(TrustPlan(try destination(), at: shed, known(one, isPaired: true)).offersKey)
        #expect(
            !TrustPlan(try destination(demand: .fingerprints([two])), at: shed, known(one, isPaired: true)).offersKey)
        #expect(
            TrustPlan(try destination(demand: .authorities(file: "/ca")), at: shed, known(one, isPaired: true))
                .offersKey)
        #expect(!TrustPlan(try destination(), at: shed, KnownDaemons([])).offersKey)
    }

    @Test("at the first contact only yes, no and the fingerprint are answers")
    func answers() {
        #expect(FirstContact.decision("yes", one) == true)
        #expect(FirstContact.decision("YES", one) == true)
        #expect(FirstContact.decision("no", one) == false)
        #expect(FirstContact.decision("\(one)", one) == true)
        #expect(FirstContact.decision("\(two)", one) == false)
        for answer in ["", "y", "n", "ok", "SHA256:x", "yes please"] {
            #expect(FirstContact.decision(answer, one) == nil)
        }
    }

    @Test(
        "the question has the host, the fingerprint in both forms, the names and the dates, and where the key is known from"
    )
    func question() {
        let presented = PresentedCertificates(
            identity: one, fingerprints: [two, one], names: ["shed", "shed.local"], notBefore: 1_796_000_000,
            notAfter: 1_830_000_000)
        let text = FirstContact.question(shed, presented, KnownDaemons([]), file: "/k").joined(separator: "\n")
        for part in [
            "shed.local:11124", "\(one)", one.words, "for shed, shed.local;", "2026-11-30", "2027-12-28",
            "jet tls show",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        var known = KnownDaemons(Array("# x\n".utf8))
        known.note(one, at: DaemonAddress(host: "old", port: 7), isPaired: false, title: "")
        #expect(
            FirstContact.question(shed, presented, known, file: "/k").last == "You know this key from old:7 (/k:2).")
    }

    private func failure(_ problem: CertificateProblem, _ source: TrustPlan.Source) -> Failure {
        Failure(
            notTrusted: JetError(.notTrusted, "x", underlying: problem), shed,
            TrustPlan(trust: .fingerprints([one]), source: source), file: "/k")
    }

    @Test("a changed key is refused loudly, with both fingerprints, the file and its line, and what to do")
    func changedKey() {
        let known = known(one)
        let failure = failure(.otherKey(expected: [one], presented: two), .known(known.entries))
        #expect(failure.status == .notConnected)
        let text = failure.text
        for part in [
            "THE KEY OF shed.local:11124 HAS CHANGED", "expected:  \(one)", "presented: \(two)", "/k:1",
            "jet forget shed.local",
            "jet pair shed.local", "Nothing was sent",
        ] { #expect(text.contains(part), "\(part)") }
        #expect(!self.failure(.otherKey(expected: [one], presented: two), .option).text.contains("forget"))
        #expect(
            self.failure(.otherKey(expected: [one], presented: two), .context("shed")).text.contains(
                "the context 'shed'"))
    }

    @Test("each other way in which a certificate is not trusted has its own words")
    func problems() {
        let problems: [(CertificateProblem, String)] = [
            (.expired, "has expired"), (.notYetValid, "is not valid yet"),
            (.otherName(host: "shed", names: ["a", "b"]), "is not for 'shed'; it is for a, b"),
            (.unknownAuthority(presented: two), "not from an authority"),
        ]
        for (problem, words) in problems {
            let failure = failure(problem, .option)
            #expect(failure.message.contains(words) && failure.advice != nil && failure.status == .notConnected)
        }
        let unknown = Failure(unknown: shed, two)
        #expect(unknown.text.contains("--fingerprint \(two)") && unknown.text.contains("jet pair shed.local"))
    }

    @Test("each refusal of a login or a pairing has its own words, and says what to do")
    func refusals() {
        func text(_ data: JSON) -> String { Failure(JetError(.invalidParams, "Invalid params", data: data)).text }
        let texts = [
            text(["loginRequired": true]), text(["unencrypted": true]), text(["invalidKey": true]),
            text(["invalidCode": "wrong"]), text(["invalidCode": "used"]), text(["invalidCode": "expired"]),
            Failure(JetError(.notConnected, "Cannot connect", data: ["limit": "connections"])).text,
        ]
        #expect(Set(texts).count == texts.count)
        for text in texts { #expect(text.split(separator: "\n").count == 2, "\(text)") }
        #expect(texts[0].contains("jet pair HOST") && texts[3].contains("jet pair --offer"))
        #expect(texts[6].contains("Too many"))
    }
}
