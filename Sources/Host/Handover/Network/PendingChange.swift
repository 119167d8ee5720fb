internal import Moments
public import JSONText
public import NetworkSettings

/// A change that is not confirmed yet: everything that a process needs to undo it, read from the disk.
///
/// It is written before anything is changed, and removed when the change is confirmed or undone: while it exists, the
/// change is not permanent.
public struct PendingChange: Hashable, Sendable {
    /// A file as it was before the change.
    public struct FormerFile: Hashable, Sendable {
        /// Where.
        public var path: String
        /// What was in it; `nil` if there was none.
        public var content: String?
        /// Whether the directory that holds it was made for it.
        public var madeDirectory: Bool

        /// A file as it was.
        public init(path: String, content: String?, madeDirectory: Bool = false) {
            self.path = path
            self.content = content
            self.madeDirectory = madeDirectory
        }
    }

    /// The identifier of the change.
    public var id: String
    /// The secret that confirms the change; only its author receives it.
    public var token: String
    /// The link that is changed.
    public var link: String
    /// Who asked for it.
    public var by: Author
    /// The settings before; `nil` if the link had no owner.
    public var from: LinkSettings?
    /// The settings after.
    public var to: LinkSettings
    /// When it is undone, unless it is confirmed: in seconds since 1970.
    public var deadline: Int
    /// The same in milliseconds of CLOCK_MONOTONIC, which the timer uses, too: that clock cannot be set, and does not
    /// advance while the machine is suspended.
    public var deadlineSinceBoot: Int
    /// The boot that `deadlineSinceBoot` refers to: `/proc/sys/kernel/random/boot_id`.
    public var bootID: String
    /// The files that are changed, as they were.
    public var files: [FormerFile]
    /// The state of the link, as the kernel reported it.
    public var kernel: KernelState

    /// A change of these parts.
    public init(
        id: String, token: String, link: String, by: Author, from: LinkSettings?, to: LinkSettings, deadline: Int,
        deadlineSinceBoot: Int, bootID: String, files: [FormerFile], kernel: KernelState
    ) {
        self.id = id
        self.token = token
        self.link = link
        self.by = by
        self.from = from
        self.to = to
        self.deadline = deadline
        self.deadlineSinceBoot = deadlineSinceBoot
        self.bootID = bootID
        self.files = files
        self.kernel = kernel
    }

    /// What everybody may know: `{id, link, by, from, to, deadline}`.
    public var shown: JSON {
        [
            "id": .string(id), "link": .string(link), "by": .string(by.description), "from": from?.json ?? .null,
            "to": to.json,
            "deadline": .string(Moment.text(seconds: deadline)),
        ]
    }

    /// All of it, for the disk.
    public var json: JSON {
        var object = shown.object ?? [:]
        object["by"] = by.json
        object["token"] = .string(token)
        object["deadlineUnix"] = .number(deadline)
        object["deadlineSinceBoot"] = .number(deadlineSinceBoot)
        object["bootId"] = .string(bootID)
        object["files"] = .array(
            files.map { file in
                [
                    "path": .string(file.path), "content": file.content.map(JSON.string) ?? .null,
                    "madeDirectory": .boolean(file.madeDirectory),
                ]
            })
        object["kernel"] = kernel.json
        return .object(object)
    }

    /// Reads what `json` writes; `nil` if it is something else.
    public init?(_ value: JSON) {
        guard let id = value["id"]?.string, let token = value["token"]?.string, let link = value["link"]?.string,
            let by = Author(value["by"]), let deadline = value["deadlineUnix"]?.int,
            let sinceBoot = value["deadlineSinceBoot"]?.int, let boot = value["bootId"]?.string,
            let kernel = KernelState(value["kernel"]), let files = value["files"]?.array,
            let to = LinkSettings(recorded: value["to"])
        else { return nil }
        var former: [FormerFile] = []
        for file in files {
            guard let path = file["path"]?.string, let content = file["content"],
                content.isNull || content.string != nil, let made = file["madeDirectory"]?.bool
            else { return nil }
            former.append(FormerFile(path: path, content: content.string, madeDirectory: made))
        }
        self.init(
            id: id, token: token, link: link, by: by, from: LinkSettings(recorded: value["from"]), to: to,
            deadline: deadline, deadlineSinceBoot: sinceBoot, bootID: boot, files: former, kernel: kernel)
    }
}

extension LinkSettings {
    /// Reads what `json` wrote. What a file of the machine said before the first change may be more, or less, than can
    /// be asked for: it is not judged here.
    init?(recorded value: JSON?) {
        guard let value, let mode = value["mode"]?.string.flatMap(Mode.init(rawValue:)),
            let ipv6 = value["ipv6"]?.string.flatMap(IPv6.init(rawValue:)), let addresses = value["addresses"]?.array,
            let dns = value["dns"]?.array, let gateway = value["gateway"]
        else { return nil }
        let gateways = gateway.isNull ? [] : gateway.array ?? [gateway]
        self.init(
            mode: mode, addresses: addresses.compactMap { $0.string.flatMap { try? InterfaceAddress(parsing: $0) } },
            gateways: gateways.compactMap { $0.string.flatMap(InternetAddress.init) },
            dns: dns.compactMap { $0.string.flatMap(InternetAddress.init) }, ipv6: ipv6, mtu: value["mtu"]?.int)
    }
}
