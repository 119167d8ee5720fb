/// What `jetd --help` says.
extension Arguments {
    static let help = """
        Usage: jetd [OPTION]...

        The Jet daemon: the bus that peers connect to.

        It serves the sockets that systemd hands over, told apart by their names: 'unix',
        'tcp', 'web' (WebSockets), 'remote' (WebSockets for other machines, if the
        configuration allows these). Without any it listens where the configuration says:
        on the unix socket where the peers of this machine look for it (as root
        /run/jet/jet.sock, as a user $XDG_RUNTIME_DIR/jet/jet.sock or else
        /tmp/jet-UID/jet.sock) and on the loopback ports 11122 and, for WebSockets, 11123.
        With --unix-path, --tcp-port or --ws-port it listens only where they say, beside
        the sockets of systemd. It prints a line 'listening ENDPOINT' for each, and ends
        on SIGTERM or SIGINT.

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
          --config FILE          read this configuration file
          --check-config         check the configuration and end: 0 if it is right, 2 if not
          --unix-path PATH       listen on this unix socket
          --tcp-port PORT        listen on this port of 127.0.0.1; 0 means any
          --ws-port PORT         listen for WebSockets on this port of 127.0.0.1; 0 means
                                 any
          --ws-allow-origin ORIGIN
                                 let pages of this origin connect, such as
                                 https://panel.example; 'null' means pages that have
                                 none, such as files, '*' means all; can be repeated
          --ws-ping-ms TIME      how often WebSocket peers are pinged, in milliseconds; 0
                                 means never (default: 5000)
          --users FILE           who can authenticate, in the format of cjet's password file
                                 (default: for the system's daemon /var/lib/jet/users.json,
                                 as soon as it is there; else nobody)
          --grant WHO=GROUP,...  put unix peers into these Jet groups, for fetching, setting
                                 and calling; WHO is user:NAME or group:NAME, where a
                                 number will do for NAME. May be given several times
          --name NAME            what the daemon is called in 'info' (default: jetd)
          --message-limit BYTES  the longest message that is read (default: 16777216)
          --log-level LEVEL      trace, debug, info, notice, warning, error or critical
                                 (default: info)
          --version              print the version and end
          -h, --help             print this and end

        Exit status: 0 after an orderly end, 1 if an endpoint cannot be had or the users
        file or a grant is not right, 2 if the command line or the configuration is wrong.
        """
}
