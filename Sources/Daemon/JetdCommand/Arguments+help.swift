/// What `jetd --help` says.
extension Arguments {
    static var help: String {
        """
        Usage: jetd [OPTION]...

        The Jet daemon: the bus that peers connect to.

        It serves the sockets that systemd hands over, told apart by their names: 'unix',
        'tcp', 'web' (WebSockets), 'remote' (WebSockets for other machines, if the
        configuration allows these). Without any it listens where the configuration says:
        on the unix socket where the peers of this machine look for it (as root
        /run/jet/jet.sock, as a user $XDG_RUNTIME_DIR/jet/jet.sock or else
        /tmp/jet-UID/jet.sock) and on the loopback ports 11122 and, for WebSockets, 11123.
        With --unix-path, --tcp-port or --ws-port it listens only where they say, beside
        the sockets of systemd. It prints a line 'listening ENDPOINT' for each, unless that
        went to the journal, where it is logged; and ends on SIGTERM or SIGINT.

        A page in a browser can connect by WebSocket if this machine has served it;
        pages from elsewhere are refused, unless --ws-allow-origin or the configuration
        lets them.

        Peers are in no group at first, and elements can be closed to who is in none. A
        peer gets groups by 'authenticate', with a name and a password from the users
        file, which 'jet passwd' manages. On the unix socket it also gets those that
        grants give to the user or the groups that it runs as.

        The configuration is jetd.toml in /etc/jet for the system's daemon, which is the
        service or one that root runs. That of a user is his own: he configures it in
        $XDG_CONFIG_HOME/jet/jetd.toml or else ~/.config/jet/jetd.toml, and nothing of
        the system's holds for it. None of these files needs to be there. Options win
        over the file; origins and grants are added to those of the file.

        SIGHUP makes jetd read the configuration and the users file, and look up who is
        granted something, again. If something is wrong there, all stays as it was.

        Options:
        \(Option.table)

        Exit status: 0 after an orderly end, 1 if an endpoint cannot be had or the users
        file or a grant is not right, 2 if the command line or the configuration is wrong.

        Examples:
          jetd                   the bus of this machine, if root says it, else one's own
          jetd --check-config    is the configuration right?
          jetd --unix-path /tmp/my.sock --grant user:$USER=operator

        See also: jetd(8), jetd.toml(5), jet(1).
        """
    }
}
