/// What a battery holds, as far as its gauge makes sense.
///
/// Worn and badly calibrated batteries report somewhat more than they can hold: that is a full battery. What is far
/// beyond that comes from a register that is read wrongly, and is left out.
struct BatteryCharge: Hashable, Sendable {
    /// Amounts of the same unit, Wh or Ah.
    struct Amounts: Hashable, Sendable {
        /// What it holds now.
        let now: Double?
        /// What it holds when it is full.
        let full: Double?
        /// What it held when it was new.
        let design: Double?

        init(now: Double?, full: Double?, design: Double?) {
            let positive = { (amount: Double?) in amount.flatMap { $0 > 0 ? $0 : nil } }
            (self.full, self.design) = (positive(full), positive(design))
            let whole = self.full ?? self.design
            self.now = now.flatMap { now in
                now >= 0 && whole.map { now <= $0 * BatteryCharge.overfull } ?? true ? now : nil
            }
        }
    }

    /// How full it is by its gauge, from 0 to 100.
    let percentage: Int?
    /// Wh.
    let energy: Amounts
    /// Ah.
    let charge: Amounts

    /// What the properties of a battery report.
    init(_ properties: PowerSupplyProperties) {
        percentage = properties.integer("capacity").flatMap { percentage in
            percentage >= 0 && Double(percentage) <= 100 * Self.overfull ? min(percentage, 100) : nil
        }
        let amount = { (names: [String]) in properties.micro(.energy, names) }
        energy = Amounts(
            now: amount(["energy_now", "energy_avg"]), full: amount(["energy_full"]),
            design: amount(["energy_full_design"]))
        charge = Amounts(
            now: amount(["charge_now", "charge_avg"]), full: amount(["charge_full"]),
            design: amount(["charge_full_design"]))
    }

    /// How many times more than it can hold a battery may report.
    fileprivate static let overfull = 1.5
}
