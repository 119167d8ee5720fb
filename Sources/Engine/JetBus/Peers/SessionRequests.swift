import JSONText
import JetProtocol

/// `config`, `info` and `echo` (jet-protocol(7) §2).
struct SessionRequests {
    private let delivery: Delivery
    private let name: String
    private let version: String
    private let hasUsers: Bool

    init(_ delivery: Delivery, _ configuration: Bus.Configuration) {
        self.delivery = delivery
        name = configuration.name
        version = configuration.version
        hasUsers = configuration.hasUsers
    }

    func config(_ request: borrowing Request) throws(ErrorObject) {
        let params = try request.tree()
        var name = request.peer.name
        var encoding = request.peer.output.encoding
        for member in params.object ?? [:] {
            // A member that is null counts as absent.
            switch (member.name, member.value) {
            case ("name", .null), ("debug", .null), ("encoding", .null): continue
            case ("name", .string(let text)):
                guard PeerName.isValid(text) else { throw .wrongType("name", got: request.params) }
                name = text
            case ("debug", .boolean): continue
            case ("encoding", .string(let text)):
                guard let known = Encoding(rawValue: text) else { throw .wrongType("encoding", got: request.params) }
                encoding = known
            case ("name", _): throw .wrongType("name", got: request.params)
            case ("debug", _): throw .wrongType("debug", got: request.params)
            case ("encoding", _): throw .wrongType("encoding", got: request.params)
            default: throw .invalidParams(.unknownParam, JSON.string(member.name).text)
            }
        }
        request.peer.name = name
        delivery.succeed(request)
        // The response is still in the encoding of the request.
        delivery.switchEncoding(of: request.peer, to: encoding)
    }

    func info(_ request: borrowing Request, _ statistics: Bus.Statistics) {
        guard let id = request.id else { return }
        let info: JSON = [
            "name": .string(name), "version": .string(version),
            "protocolVersion": .string(Release.protocolVersion),
            "features": [
                "batches": true, "authentication": .boolean(hasUsers), "fetch": "full", "meta": true,
                "conflation": true, "interval": true, "caller": true, "accounts": true, "peers": true,
                "total": true, "moveWindow": true, "branches": true,
                "keys": .boolean(hasUsers), "pairing": .boolean(hasUsers),
                "encodings": .array(Encoding.allCases.map { .string($0.rawValue) }),
            ],
            "statistics": statistics.json,
        ]
        info.text.withUnsafeBytes { delivery.respond(to: request.peer, id: id, result: $0) }
    }

    func echo(_ request: borrowing Request) {
        guard let id = request.id else { return }
        guard let params = request.message.params else { return delivery.succeed(request) }
        delivery.respond(to: request.peer, id: id, result: request.bytes(params))
    }
}
