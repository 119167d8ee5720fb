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
            switch member.name {
            case "name":
                guard let text = member.value.string else { throw .wrongType("name", got: request.params) }
                name = text
            case "debug":
                guard member.value.bool != nil else { throw .wrongType("debug", got: request.params) }
            case "encoding":
                guard let known = member.value.string.flatMap(Encoding.init(rawValue:)) else {
                    throw .wrongType("encoding", got: request.params)
                }
                encoding = known
            default:
                throw .invalidParams("unknownParam", JSON.string(member.name).text)
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
            "protocolVersion": "1.1.0",
            "features": [
                "batches": true, "authentication": .boolean(hasUsers), "fetch": "full", "meta": true,
                "conflation": true, "interval": true, "caller": true,
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
