import JSONText
import JetProtocol
import NIOCore
import NIOHTTP1

/// A request that fails: the status of HTTP, and the error object of the body.
struct APIError: Error {
    let status: HTTPResponseStatus
    /// The text of the error object (jet-protocol(7) §5).
    let object: [UInt8]
    var headers: [(name: String, value: String)] = []

    private init(_ status: HTTPResponseStatus, _ object: [UInt8]) {
        self.status = status
        self.object = object
    }

    /// A request that is wrong as one of HTTP.
    ///
    /// - Parameter reason: What to do, in a sentence.
    static func request(_ status: HTTPResponseStatus, _ reason: String) -> APIError {
        APIError(
            status,
            ErrorObject(code: .invalidRequest, message: "Invalid Request", data: JSON.string(reason).text).text)
    }

    /// An error of the daemon.
    init(_ error: ErrorObject) { self.init(text: error.text, isRouted: false) }

    /// An error that the bus has answered.
    ///
    /// - Parameters:
    ///   - text: The text of the error object.
    ///   - isRouted: Whether it may be that of an owner.
    init(text: [UInt8], isRouted: Bool) {
        let kind = Kind(text)
        object = text
        status = kind.status(isRouted: isRouted)
        if kind.has(.fetchOnly) { headers = [("Allow", "GET, HEAD")] }
    }

    /// The response.
    var response: HTTPResponse {
        .json(status, ByteBuffer(bytes: Array("{\"error\":".utf8) + object + "}".utf8), headers: headers)
    }
}

extension APIError {
    /// What the status depends on. The text may be long, and comes from another peer, so no tree is built of it.
    private struct Kind {
        private let code: ErrorCode
        /// The keys of `data`.
        private var keys: Set<ErrorKey> = []
        private var limit: LimitName?

        init(_ text: [UInt8]) {
            let bytes = text.span.bytes
            var scanner = JSONScanner(bytes)
            var members = JSONMembers()
            guard (try? scanner.members(into: &members)) != nil,
                let number = members.value("code", in: bytes).flatMap({ Int($0.of(bytes).string) })
            else {
                code = .internalError
                return
            }
            code = ErrorCode(rawValue: number)
            guard let data = members.value("data", in: bytes) else { return }
            var inner = JSONScanner(bytes, at: data.start)
            guard (try? inner.members(into: &members)) != nil else { return }
            for index in 0..<members.count {
                // A longer name is none of the keys.
                let name = members[index].name
                guard name.content.count <= 32, let key = ErrorKey(rawValue: name.string(in: bytes)) else { continue }
                keys.insert(key)
                guard key == .limit else { continue }
                let value = members[index].value
                if value.count <= 64 {
                    limit = (try? JSON(parsing: value.of(bytes)))?.string.flatMap(LimitName.init)
                }
            }
        }

        func has(_ key: ErrorKey) -> Bool { code == .invalidParams && keys.contains(key) }

        func status(isRouted: Bool) -> HTTPResponseStatus {
            switch code {
            case .invalidParams: statusOfInvalidParams(isRouted: isRouted)
            case .responseTimeout: .gatewayTimeout
            case .connectionClosed: keys.contains(.daemonStopping) ? .serviceUnavailable : .badGateway
            case .limitExceeded:
                switch limit {
                case .messageSize: .payloadTooLarge
                case .outboxOfOwner, .waitingRequests: .serviceUnavailable
                default: .tooManyRequests
                }
            case .internalError: isRouted ? .badGateway : .internalServerError
            case .parseError, .invalidRequest: isRouted ? .unprocessableEntity : .badRequest
            default: isRouted ? .unprocessableEntity : .internalServerError
            }
        }

        private func statusOfInvalidParams(isRouted: Bool) -> HTTPResponseStatus {
            if keys.contains(.pathNotExists) { return .notFound }
            if keys.contains(.notAState) || keys.contains(.notAMethod) { return .conflict }
            if keys.contains(.fetchOnly) { return .methodNotAllowed }
            if keys.contains(.noAccess) || keys.contains(.unencrypted) { return .forbidden }
            if keys.contains(.loginRequired) || keys.contains(.invalidUser) || keys.contains(.invalidPassword) {
                return .unauthorized
            }
            return isRouted ? .unprocessableEntity : .badRequest
        }
    }
}
