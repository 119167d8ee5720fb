import JSONText

/// `authenticate` and `passwd`: what the daemon cannot know is asked outside, and what the peer sends meanwhile waits
/// (jet-protocol(7) §2 and §6).
extension Model {
    /// What has come of a question.
    enum Verdict {
        /// The password is right, and these are the groups; or the new password is taken.
        case yes(Groups)
        case unknownUser, wrongPassword, forbidden
        case failed(String)

        /// The groups that a user has for each purpose.
        typealias Groups = (fetch: Set<String>, set: Set<String>, call: Set<String>)
    }

    /// Asks about a peer.
    ///
    /// - Returns: Why not, if it is refused.
    mutating func ask(_ method: String, _ params: JSON, _ id: JSON?, from number: Int) -> JSON? {
        guard let peer = peers[number] else { return nil }
        let isChange = method == "passwd"
        let user = params["user"]?.string ?? ""
        guard isChange || peer.fetches.isEmpty else { return .refused(["alreadyFetching": true]) }
        guard !isChange || peer.user != nil else { return .refused(["noAccess": .string(user)]) }
        asked += 1
        let question = Question(
            number: asked, peer: number, user: user, password: params["password"]?.string ?? "",
            changedBy: isChange ? peer.user : nil, id: id)
        questions.append(question)
        peers[number]?.question = question
        return nil
    }

    /// A verdict comes.
    mutating func judge(_ question: Question, _ verdict: Verdict) {
        questions.removeAll { $0 == question }
        let number = question.peer
        guard peers[number]?.question == question else { return }
        peers[number]?.question = nil
        let answer: JSON
        switch verdict {
        case .yes where question.changedBy != nil: answer = .done
        case .yes(let groups):
            peers[number]?.user = question.user
            peers[number]?.isStranger = false
            peers[number]?.fetchGroups = groups.fetch
            peers[number]?.setGroups = groups.set
            peers[number]?.callGroups = groups.call
            func list(_ names: Set<String>) -> JSON { .array(names.sorted().map(JSON.string)) }
            answer = .result([
                "fetchGroups": list(groups.fetch), "setGroups": list(groups.set), "callGroups": list(groups.call),
            ])
        case .unknownUser: answer = .refused(["invalidUser": true])
        case .wrongPassword: answer = .refused(["invalidPassword": true])
        case .forbidden: answer = .refused(["noAccess": .string(question.user)])
        case .failed(let reason): answer = .error(-32603, "Internal error", .string(reason))
        }
        if let id = question.id { respond(to: number, id, answer) }
        let postponed = peers[number]?.postponed ?? []
        peers[number]?.postponed = []
        for message in postponed { receive(message, from: number) }
    }
}
