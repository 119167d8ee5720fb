import JSONText
import JetProtocol

/// What a peer asks about itself and the daemon: `config`, `info`, `echo` (jet-protocol(7) §2).
extension Bus {
    func config(_ request: borrowing Request) throws(ErrorObject) {
        let params = try tree(of: request)
        var name = request.peer.name
        var encoding = request.peer.encoding
        for member in params.object ?? [:] {
            // A member that is null counts as absent.
            switch (member.name, member.value) {
            case ("name", .null), ("debug", .null), ("encoding", .null): continue
            case ("name", .string(let text)): name = text
            case ("debug", .boolean): continue
            case ("encoding", .string(let text)):
                guard let known = Encoding(rawValue: text) else { throw .wrongType("encoding", got: request.params) }
                encoding = known
            case ("name", _): throw .wrongType("name", got: request.params)
            case ("debug", _): throw .wrongType("debug", got: request.params)
            case ("encoding", _): throw .wrongType("encoding", got: request.params)
            default: throw .invalidParams("unknownParam", JSON.string(member.name).text)
            }
        }
        request.peer.name = name
        succeed(request)
        // The response is still in the encoding of the request.
        switchEncoding(of: request.peer, to: encoding)
    }

    func info(_ request: borrowing Request) {
        guard let id = request.id else { return }
        let info: JSON = [
            "name": .string(configuration.name), "version": .string(configuration.version),
            "protocolVersion": "1.1.0",
            "features": [
                "batches": true, "authentication": .boolean(configuration.hasUsers), "fetch": "full", "meta": true,
                "conflation": true, "interval": true, "caller": true,
                "encodings": .array(Encoding.allCases.map { .string($0.rawValue) }),
            ],
            "statistics": statistics.json,
        ]
        info.text.withUnsafeBytes { respond(to: request.peer, id: id, result: $0) }
    }

    func echo(_ request: borrowing Request) {
        guard let id = request.id else { return }
        guard let params = request.message.params else { return succeed(request) }
        respond(to: request.peer, id: id, result: request.bytes(params))
    }
}
