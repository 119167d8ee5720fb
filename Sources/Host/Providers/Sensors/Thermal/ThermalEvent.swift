internal import AgentCore
internal import Netlink
internal import CNetlink
internal import JSONText
internal import JetProtocol

/// Something that the kernel's thermal subsystem told of its own accord, by generic netlink.
///
/// Source of fact: include/uapi/linux/thermal.h of the kernel.
struct ThermalEvent: Hashable, Sendable {
    /// What happened.
    enum Kind: String, Hashable, Sendable {
        /// A zone grew warmer than a trip point.
        case tripUp = "trip-up"
        /// A zone cooled below a trip point.
        case tripDown = "trip-down"
        /// Something else about a zone or a cooling device, which is worth a look.
        case other
    }

    /// What happened.
    let kind: Kind
    /// The kernel's number for the zone, if it is about one.
    let zone: Int?
    /// The kernel's number for the trip point, if it is about one.
    let trip: Int?
    /// How warm the zone was then, in °C, if the kernel says so.
    let celsius: Double?

    /// The event that `message` tells; `nil` if it is not one of the thermal family.
    init?(_ message: NetlinkMessage, family: UInt16) {
        guard message.type == family, let message = GenericMessage(message) else { return nil }
        kind =
            switch Int(message.command) {
            case Int(THERMAL_GENL_EVENT_TZ_TRIP_UP.rawValue): .tripUp
            case Int(THERMAL_GENL_EVENT_TZ_TRIP_DOWN.rawValue): .tripDown
            default: .other
            }
        var zone: Int?
        var trip: Int?
        var celsius: Double?
        for attribute in message.attributes {
            // All of these are numbers of 32 bits; only a temperature has a sign.
            guard let number = attribute.payload.load(Int32.self, at: 0).map(Int.init) else { continue }
            switch attribute.type {
            case Int(THERMAL_GENL_ATTR_TZ_ID.rawValue): zone = number
            case Int(THERMAL_GENL_ATTR_TZ_TRIP_ID.rawValue): trip = number
            case Int(THERMAL_GENL_ATTR_TZ_TEMP.rawValue): celsius = Quantity.temperature.value(number)
            default: break
            }
        }
        self.zone = zone
        self.trip = trip
        self.celsius = celsius
    }

    /// The crossing as a value; `nil` if it is none, or of a zone that is not shown.
    ///
    /// - Parameter count: Which one it is since the agent began, so that two alike are two.
    func crossing(in zones: [ThermalZone], count: Int) -> JSON? {
        guard kind != .other, let zone = zones.first(where: { $0.number == zone }) else { return nil }
        var object = JSON.Object()
        object["event"] = .string(kind.rawValue)
        object["zone"] = .string(zone.word)
        if let trip = zone.trips.first(where: { $0.number == trip }) { object["trip"] = trip.json }
        if let celsius { object["temperature"] = .number(celsius) }
        object["count"] = .number(count)
        return .object(object)
    }

    /// Where the last crossing stands on the bus, and what it means.
    static let path = "thermal/event"
    static let meta = Metadata(title: "Last crossing of a trip point", datatype: .json)
}
