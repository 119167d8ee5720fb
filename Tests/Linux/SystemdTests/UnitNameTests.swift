import Systemd
import Testing

@Suite("Names of units")
struct UnitNameTests {
    @Test(
        "a unit's object is found by its name",
        arguments: [
            ("ssh.service", "ssh_2eservice"), ("7up.timer", "_37up_2etimer"),
            ("a\\x2db@1.mount", "a_5cx2db_401_2emount"),
        ])
    func path(name: String, path: String) {
        #expect(UnitName.path(of: name) == "/org/freedesktop/systemd1/unit/" + path)
    }

    @Test(
        "what is no unit's name is refused",
        arguments: ["", "ssh", "ssh.servic", ".service", "a/b.service", "a b.service", "getty@.service", "@a.service"])
    func invalid(name: String) { #expect(UnitName.fault(in: name) != nil) }
}
