import JSONText
import JetBus
import JetProtocol
import Testing

/// The bus has the methods of the protocol's vocabulary, and its limits.
@Suite("Vocabulary and limits")
struct VocabularyTests {
    let bus = TestBus()

    @Test("each method of the daemon is known, others are not", arguments: MethodName.daemon)
    func methods(method: MethodName) {
        let peer = bus.connect()
        #expect(peer.ask(method.rawValue, [:])?["error"]?["code"] != -32601)
        #expect(peer.ask(method.rawValue + "s", [:])?["error"]?["code"] == -32601)
    }

    @Test("the defaults of a bus are the protocol's limits")
    func limits() {
        let defaults = Bus.Configuration()
        #expect(defaults.defaultTimeout == UInt64(ProtocolLimits.timeout / .nanoseconds(1)))
        #expect(defaults.messageLimit == ProtocolLimits.messageSize)
        #expect(defaults.parseErrorLimit == ProtocolLimits.parseErrors)
        #expect(defaults.outboxLimit == ProtocolLimits.outbox)
        #expect(defaults.outboxCeiling == ProtocolLimits.outboxCeiling * ProtocolLimits.outbox)
        #expect(defaults.pendingRequestLimit == ProtocolLimits.pendingRequests)
        #expect(defaults.pendingBytesLimit == ProtocolLimits.pendingBytes)
        #expect(defaults.authenticationLimit == ProtocolLimits.authentications)
        #expect(defaults.walkLimit == ProtocolLimits.walk)
    }

    @Test("info returns the protocol's version")
    func version() {
        #expect(bus.connect().ask("info")?["result"]?["protocolVersion"] == .string(Release.protocolVersion))
    }
}
