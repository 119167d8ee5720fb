import JSONText
import JetProtocol

/// A message from the daemon, as far as it concerns a peer. Whatever bytes come, reading them ends in one of these or
/// in `nil`.
enum Incoming: Sendable, Equatable {
    /// The answer to the request with this id: the result's text, or the error.
    case response(id: Int, Result<[UInt8], ErrorObject>)
    /// Somebody sets or calls an element of this peer; `id` is the text to answer under, `nil` if no answer is wanted.
    /// `caller` is the caller, if the daemon sends it.
    case routed(path: String, id: [UInt8]?, params: [UInt8], caller: [UInt8]?)
    /// Something happened that the fetch with this id is about.
    case notice(fetch: Int, Notice)
    /// The window of the sorted fetch with this id has changed.
    case sorted(fetch: Int, SortedNotice)
    /// An error that belongs to no request.
    case complaint(ErrorObject)
    /// Something that cannot be read; the answer to the request with this id, if that much could be seen.
    case unreadable(id: Int?, JSONError)

    /// Reads a message out of the text it came in, with the members of its `params`.
    init?(_ message: Message, params: borrowing JSONMembers, in bytes: RawSpan) {
        if let method = message.method {
            let id = message.hasValidID(in: bytes) ? message.id?.of(bytes).array : nil
            self = .routed(
                path: method.string(in: bytes), id: id, params: message.params?.of(bytes).array ?? Text.emptyObject,
                caller: Self.caller(of: message, in: bytes))
        } else if let method = message.otherMethod {
            guard let fetch = Self.number(method, in: bytes) else { return nil }
            if let notice = Notice(params, in: bytes) {
                self = .notice(fetch: fetch, notice)
            } else if let notice = SortedNotice(params, in: bytes) {
                self = .sorted(fetch: fetch, notice)
            } else {
                return nil
            }
        } else if let error = message.error, message.result == nil || bytes.byte(error.start) != UInt8(ascii: "n"),
            let tree = try? JSON(parsing: error.of(bytes))
        {
            // Beside a result, an error of null is no error (jet-protocol(7) §3.2).
            let object = ErrorObject(from: tree)
            guard let id = message.id, let number = Self.number(id, in: bytes) else {
                self = .complaint(object)
                return
            }
            self = .response(id: number, .failure(object))
        } else if let result = message.result, let id = message.id, let number = Self.number(id, in: bytes) {
            self = .response(id: number, .success(result.of(bytes).array))
        } else {
            return nil
        }
    }

    /// What cannot be read. Some other peer's value may be at fault: who waits for this answer must not wait for ever.
    init(unreadable bytes: RawSpan, _ error: JSONError) {
        self = .unreadable(id: try? Self.leadingID(of: bytes), error)
    }

    /// The id that stands before whatever cannot be read.
    private static func leadingID(of bytes: RawSpan) throws(JSONError) -> Int? {
        var scanner = JSONScanner(bytes)
        guard try scanner.enterObject() else { return nil }
        repeat {
            let name = try scanner.memberName()
            let value = try scanner.value()
            if name.equals("id", in: bytes) { return number(value, in: bytes) }
        } while try scanner.nextMember()
        return nil
    }

    /// The text of a routed request's `caller`. It stands behind the params, where nearly always nothing is.
    private static func caller(of message: Message, in bytes: RawSpan) -> [UInt8]? {
        guard let params = message.params, params.end < message.whole.end - 1 else { return nil }
        var scanner = JSONScanner(bytes, at: message.whole.start)
        var members = JSONMembers()
        guard (try? scanner.members(into: &members)) != nil else { return nil }
        return members.value(MemberName.caller, in: bytes)?.of(bytes).array
    }

    private static func number(_ range: ByteRange, in bytes: RawSpan) -> Int? {
        guard range.count <= 20 else { return nil }
        return Int(String(decoding: range.of(bytes).array, as: UTF8.self))
    }
}

/// One plain notification of a fetch (jet-protocol(7) §4.6).
struct Notice: Sendable, Equatable {
    /// What happened.
    var kind: FetchEventKind
    /// To which element.
    var path: String
    /// The text of its value; `nil` for a Method.
    var value: [UInt8]?
    /// Whether the fetching peer can set (call) it.
    var isFetchOnly = false
    /// The text of its metadata.
    var meta: [UInt8]?
}

extension Notice {
    /// Reads the params of a notification, or an entry of a `get`; `nil` if they are neither. The entries of a sorted
    /// `get` name no event: they are there.
    init?(_ params: borrowing JSONMembers, in bytes: RawSpan, isEntry: Bool = false) {
        guard let path = params.value(MemberName.path, in: bytes).flatMap({ Self.string($0, in: bytes) }) else {
            return nil
        }
        let event = params.value(MemberName.event, in: bytes).flatMap { Self.string($0, in: bytes) }
        guard let kind = event.map(FetchEventKind.init(rawValue:)) ?? (isEntry ? .add : nil) else { return nil }
        self.init(
            kind: kind, path: path, value: params.value(MemberName.value, in: bytes)?.of(bytes).array,
            isFetchOnly: params.value(MemberName.fetchOnly, in: bytes)?.of(bytes).elementsEqual("true") ?? false,
            meta: params.value(MemberName.meta, in: bytes)?.of(bytes).array)
    }

    static func string(_ range: ByteRange, in bytes: RawSpan) -> String? {
        var scanner = JSONScanner(bytes, at: range.start)
        return (try? scanner.string())?.string(in: bytes)
    }
}
