internal import Handover
internal import JSONText
internal import NetworkSettings

/// The JSON schemas of what can be set and called, which `meta` has as `format`.
enum SettingsSchema {
    /// The settings of a link: what `LinkSettings` accepts, in its coarse form. What a schema cannot say, such as that a
    /// gateway must be reachable, is checked when the settings are set.
    static let link: JSON = [
        "type": "object",
        "properties": [
            "mode": ["enum": ["dhcp", "static"]],
            "addresses": addresses("Addresses with the length of their prefix, such as 192.0.2.7/24"),
            "gateway": [
                "type": ["string", "array", "null"], "items": ["type": "string"],
                "description": "One gateway, or one for each IP version",
            ],
            "dns": addresses("Addresses of name servers"),
            "ipv6": ["enum": ["auto", "link-local", "off"]],
            "mtu": [
                "type": ["integer", "null"], "minimum": .number(LinkSettings.mtuRange.lowerBound),
                "maximum": .number(LinkSettings.mtuRange.upperBound),
            ],
            "confirmWithin": [
                "type": "integer", "minimum": .number(ChangeRequest.confirmRange.lowerBound),
                "maximum": .number(ChangeRequest.confirmRange.upperBound), "writeOnly": true,
                "description": "Seconds until the change is undone unless it is confirmed",
            ],
            "managedBy": ["type": ["string", "null"], "readOnly": true],
        ],
        "additionalProperties": false,
    ]

    /// The arguments of `settings/net/confirm`.
    static let confirmation: JSON = [
        "type": "object",
        "properties": [
            "token": ["type": "string", "description": "The token that the set was answered with"],
            "id": [
                "type": "string",
                "description": "Or the id of the pending change, for its author, logged in as the same user",
            ],
        ],
        "additionalProperties": false,
    ]

    private static func addresses(_ description: JSON) -> JSON {
        ["type": "array", "items": ["type": "string"], "description": description]
    }
}
