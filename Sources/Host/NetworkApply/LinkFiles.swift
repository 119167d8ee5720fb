internal import Files
internal import NetworkSettings

/// The files that make one link what it is, and those that would make it another.
struct LinkFiles: Sendable {
    /// The link.
    let link: String
    /// The file that the link has without our own; `nil` if networkd left it alone.
    let basePath: String?
    /// What that file says together with all drop-ins but ours.
    let base: NetworkFile
    /// What is so now, ours included; `nil` if networkd leaves the link alone.
    let current: NetworkFile?
    /// Whether a drop-in beside `basePath` would change this link alone, and would last.
    let takesDropIn: Bool

    private let match: NetworkFile.Assignment
    private let dropIns: [(name: FilePath, file: NetworkFile)]
    private let baseFile: NetworkFile

    /// How our own file says from which one it was made.
    static let baseRemark = "# Base: "

    /// Reads the files of `link`.
    init(_ link: String, in inventory: LinkInventory) throws(DiskError) {
        let disk = inventory.disk
        self.link = link
        match = inventory.match(of: link)
        let own = LinkInventory.ownFile(of: link)
        let used = inventory.networkFile(of: link)
        let ownText = try disk.text(own)
        var path = used
        if used == own { path = Self.base(in: ownText ?? "", disk) }
        basePath = path
        baseFile = NetworkFile(parsing: try path.map { path throws(DiskError) in try disk.text(path) ?? "" } ?? "")
        dropIns = try path.map { path throws(DiskError) in try Self.dropIns(of: path, disk) } ?? []
        base = Self.merge(baseFile, dropIns)
        if used == own {
            current = Self.merge(NetworkFile(parsing: ownText ?? ""), try Self.dropIns(of: own, disk))
        } else if let used {
            let ours = try disk.text(LinkInventory.dropIn(of: used)).map { NetworkFile(parsing: $0) }
            current = Self.merge(baseFile, dropIns, ours: ours)
        } else {
            current = nil
        }
        let isShared = inventory.names.contains { $0 != link && path != nil && inventory.networkFile(of: $0) == path }
        takesDropIn = path.map { !$0.hasPrefix("/run/") } ?? false && baseFile.isOfOneLink && !isShared
    }

    /// The settings now; `nil` if networkd leaves the link alone.
    var settings: LinkSettings? { current?.settings }

    /// The settings without our own files.
    var baseSettings: LinkSettings { basePath == nil ? LinkSettings() : base.settings }

    /// The files that make `target` so, each with its text or `nil` for none, and which of networkd's files the link
    /// has then.
    ///
    /// - Throws: `FieldError` if no file of ours could.
    func plan(for target: LinkSettings) throws(FieldError) -> (files: [(path: String, text: String?)], used: String) {
        let own = LinkInventory.ownFile(of: link)
        let dropIn = basePath.map(LinkInventory.dropIn)
        let noDropIn = dropIn.map { [(path: $0, text: String?.none)] } ?? []
        if let basePath, let dropIn {
            if target.isSame(as: base.settings) { return (noDropIn + [(own, nil)], basePath) }
            let file = NetworkFile.dropIn(making: target, of: base)
            if takesDropIn, Self.merge(baseFile, dropIns, ours: file).settings.isSame(as: target) {
                return ([(dropIn, Self.remark + file.text), (own, nil)], basePath)
            }
        }
        if let basePath, !File.name(of: own).utf8.lexicographicallyPrecedes(File.name(of: basePath).utf8) {
            throw FieldError(
                "", "\(basePath) comes before any file that could be written for \(link) alone; change that one.")
        }
        let file = NetworkFile.own(making: target, of: base, match: match)
        guard file.settings.isSame(as: target) else {
            throw FieldError("", "\(basePath ?? link) has settings that no other file can override; change that one.")
        }
        let remark = Self.remark + (basePath.map { "\(Self.baseRemark)\($0)\n" } ?? "")
        return (noDropIn + [(own, remark + file.text)], own)
    }

    private static let remark = "# Written by jet-network, from settings/net on the bus: set them there.\n"

    /// The file that our own was made from, if it is still there.
    private static func base(in text: String, _ disk: Disk) -> String? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(baseRemark) }) else { return nil }
        let path = String(line.dropFirst(baseRemark.utf8.count))
        return LinkInventory.directories.contains(File.folder(of: path)) && disk.exists(path) ? path : nil
    }

    /// The drop-ins of a file by their names, ours left out: of the same name the one in the first place counts.
    private static func dropIns(of path: String, _ disk: Disk) throws(DiskError) -> [(
        name: FilePath, file: NetworkFile
    )] {
        var found: [FilePath: FilePath] = [:]
        for directory in LinkInventory.directories.reversed() {
            let folder = "\(directory)/\(File.name(of: path)).d"
            for name in disk.names(in: folder) where name.hasSuffix(".conf") && !name.hasPrefix(".") {
                found[name] = "\(folder)/\(name)"
            }
        }
        var files: [(name: FilePath, file: NetworkFile)] = []
        for (name, file) in found.sorted(by: { $0.key < $1.key })
        where file != FilePath(LinkInventory.dropIn(of: path)) {
            files.append((name, NetworkFile(parsing: try disk.text(file) ?? "")))
        }
        return files
    }

    private static func merge(
        _ file: NetworkFile, _ dropIns: [(name: FilePath, file: NetworkFile)], ours: NetworkFile? = nil
    ) -> NetworkFile {
        var all = dropIns
        if let ours { all.append((FilePath(LinkInventory.dropInName), ours)) }
        all.sort { $0.name < $1.name }
        return all.reduce(file) { $0.merged(with: $1.file) }
    }
}
