import JetProtocol

/// The transport of a connection.
enum Transport: String {
    case unix
    case tcp
    case webSocket

    init(_ endpoint: Endpoint) {
        switch endpoint {
        case .unix: self = .unix
        case .tcp, .tls: self = .tcp
        case .webSocket, .secureWebSocket: self = .webSocket
        }
    }

    var framing: Framing { self == .webSocket ? .webSocket : .lengthPrefixed }
}
