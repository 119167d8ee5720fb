package import Jet
package import Systemd

extension MessageBus {
    /// Asks one of systemd's daemons to set a text of the host, such as its name. The bus name of such a daemon is also
    /// the name of its interface. The call is not interactive: polkit allows or refuses it, and no password is asked
    /// for.
    ///
    /// - Parameters:
    ///   - member: The method that sets it.
    ///   - text: The text.
    ///   - service: The daemon's name on the bus.
    ///   - path: Its object.
    ///   - purpose: What is to be done, as the end of "not allowed to ...".
    /// - Throws: `JetError` with why it was refused.
    package func setText(
        _ member: String, _ text: String, of service: String, at path: String, doing purpose: String
    ) async throws(JetError) {
        do throws(DBusError) {
            _ = try await call(
                MethodCall(
                    destination: service, path: path, interface: service, member: member,
                    arguments: [.string(text), .boolean(false)]))
        } catch {
            throw JetError.refused(error, doing: purpose)
        }
    }
}
