import JetBus

/// What the configuration says about peers, with the users and groups looked up.
struct AccessTables: Sendable {
    /// Who may forward the connections of others.
    var gateways = GatewayTable()
    /// The groups of peers on the unix socket.
    var grants = GrantTable()
    /// The limits of accounts.
    var accounts = AccountRules()
    /// Who may add elements below which prefixes.
    var pathOwners: [PathOwner] = []
}
