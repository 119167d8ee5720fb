/// The name that a peer gives itself with `config` (jet-protocol(7) §2.8).
package enum PeerName {
    /// Whether `name` can stand in one line of a log or a table: it is not too long, and has neither control characters
    /// nor line breaks.
    package static func isValid(_ name: String) -> Bool {
        name.utf8.count <= ProtocolLimits.nameLength
            && name.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            }
    }
}
