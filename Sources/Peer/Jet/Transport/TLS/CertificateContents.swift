import Digests

/// What must be known of a certificate of which nothing is verified yet (RFC 5280, section 4.1). It comes from a stranger:
/// whatever its bytes are, reading them ends in this or in `nil`.
struct CertificateContents {
    /// The fingerprint of its key.
    let fingerprint: Fingerprint
    /// Whether it names itself as its issuer, as the certificate of an authority does that no other one vouches for.
    let isSelfIssued: Bool
    /// Whether it is the certificate of a device's own authority.
    let isDeviceAuthority: Bool
    /// From when it is valid, in seconds since 1970.
    let notBefore: Int
    /// Until when it is valid, in seconds since 1970.
    let notAfter: Int

    /// Reads a certificate in DER.
    init?(der: [UInt8]) {
        var outer = DERReader(der[...])
        guard var certificate = outer.next(0x30).map({ DERReader($0.contents) }),
            var body = certificate.next(0x30).map({ DERReader($0.contents) })
        else { return nil }
        // The version is explicit from the second one on.
        if body.tag == 0xA0 { _ = body.next(0xA0) }
        guard body.next(0x02) != nil, body.next(0x30) != nil, let issuer = body.next(0x30),
            var validity = body.next(0x30).map({ DERReader($0.contents) }), let subject = body.next(0x30),
            let key = body.next(0x30), let notBefore = validity.time(), let notAfter = validity.time()
        else { return nil }
        fingerprint = Fingerprint(ofKey: Array(key.whole))
        isSelfIssued = issuer.whole.elementsEqual(subject.whole)
        isDeviceAuthority = isSelfIssued && DeviceAuthority.isNamed(in: subject.contents)
        self.notBefore = notBefore
        self.notAfter = notAfter
    }
}

extension DERReader {
    /// Reads a UTCTime or a GeneralizedTime in UTC, as seconds since 1970.
    fileprivate mutating func time() -> Int? {
        let digits: [Int]
        var year: Int
        if tag == 0x17, let text = next(0x17)?.contents, let numbers = Self.numbers(text, count: 12) {
            // RFC 5280, section 4.1.2.5.1.
            year = numbers[0] * 10 + numbers[1]
            year += year < 50 ? 2000 : 1900
            digits = Array(numbers[2...])
        } else if tag == 0x18, let text = next(0x18)?.contents, let numbers = Self.numbers(text, count: 14) {
            year = numbers[..<4].reduce(0) { $0 * 10 + $1 }
            digits = Array(numbers[4...])
        } else {
            return nil
        }
        let parts = stride(from: 0, to: 10, by: 2).map { digits[$0] * 10 + digits[$0 + 1] }
        guard (1...12).contains(parts[0]), (1...31).contains(parts[1]), parts[2] < 24, parts[3] < 60, parts[4] < 61
        else { return nil }
        return Self.days(year, parts[0], parts[1]) * 86_400 + parts[2] * 3600 + parts[3] * 60 + parts[4]
    }

    /// The digits of a text that is digits and a Z.
    private static func numbers(_ text: ArraySlice<UInt8>, count: Int) -> [Int]? {
        guard text.count == count + 1, text.last == UInt8(ascii: "Z") else { return nil }
        let numbers = text.dropLast().map { Int($0) - Int(UInt8(ascii: "0")) }
        return numbers.allSatisfy { (0...9).contains($0) } ? numbers : nil
    }

    /// The days from the beginning of 1970 to a date of the Gregorian calendar.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Years that begin with March end with the leap day.
        let year = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
