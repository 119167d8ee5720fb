internal import JSONText

/// How much a value must move before it is worth publishing again.
///
/// Distances are measured from what was last *published*, not from what was last read: a value that creeps is published
/// once it has crept far enough. Units are those of the value.
public enum Deadband: Hashable, Sendable {
    /// Every difference counts.
    case none

    /// A number counts when it has moved by at least this much.
    case number(Double)

    /// An object counts, as a whole, when one of its members does: a member named here when it has moved by at least so
    /// much, any other when it differs at all, and always when members come or go.
    case members([String: Double])

    /// A value counts when a number anywhere in it, however deep, has moved by at least this much, or when anything else
    /// differs.
    case anywhere(Double)

    /// Whether `new` is so near to `published` that it is not worth publishing.
    func covers(_ new: JSON, since published: JSON) -> Bool {
        if new == published { return true }
        switch self {
        case .none:
            return false
        case .anywhere(let distance):
            return Self.isNearThroughout(new, published, within: distance)
        case .number(let distance):
            return Self.isNear(new, published, within: distance)
        case .members(let distances):
            guard let new = new.object, let published = published.object, new.count == published.count else {
                return false
            }
            return new.allSatisfy { member in
                guard let before = published[member.name] else { return false }
                if member.value == before { return true }
                return distances[member.name].map { Self.isNear(member.value, before, within: $0) } ?? false
            }
        }
    }

    /// Whether both have the same shape, and numbers that are less than `distance` apart.
    private static func isNearThroughout(_ left: JSON, _ right: JSON, within distance: Double) -> Bool {
        if let left = left.array, let right = right.array {
            return left.count == right.count
                && zip(left, right).allSatisfy { isNearThroughout($0, $1, within: distance) }
        }
        if let left = left.object, let right = right.object {
            return left.count == right.count
                && left.allSatisfy { member in
                    right[member.name].map { isNearThroughout(member.value, $0, within: distance) } ?? false
                }
        }
        return left == right || isNear(left, right, within: distance)
    }

    /// Whether both are numbers less than `distance` apart. The last bits do not count: 45.1 - 44.6 is half a degree,
    /// whatever binary fractions make of it.
    private static func isNear(_ left: JSON, _ right: JSON, within distance: Double) -> Bool {
        guard let left = left.double, let right = right.double else { return false }
        let slack = max(abs(left), abs(right)) * 1e-12
        return abs(left - right) < distance - slack
    }
}
