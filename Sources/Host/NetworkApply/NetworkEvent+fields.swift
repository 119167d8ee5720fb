public import Handover
internal import JSONText

extension NetworkEvent {
    /// The fields of the entry about the answer to a request. The token is not among them: it is a secret of the author.
    ///
    /// `id` is the id of the change that it is about, as in `settings/net/pending` and `settings/net/last`, and not that of
    /// a request to confirm it.
    public static func fields(of answer: ChangeAnswer, to request: ChangeRequest) -> [String: String] {
        var fields = ["by": "\(request.by)"]
        if !request.link.isEmpty {
            // A change has the id of the request for it.
            fields["id"] = request.id
            fields["link"] = request.link
        }
        switch answer.result {
        case .done(let value):
            for name in ["id", "link"] { if let text = value[name]?.string { fields[name] = text } }
        case .refused(let field, let reason):
            fields["field"] = field
            fields["reason"] = reason
        case .failed(let reason):
            fields["reason"] = reason
        }
        return fields
    }

    /// The fields of the entry about a change that was undone.
    public static func fields(of outcome: ChangeOutcome) -> [String: String] {
        var fields = ["id": outcome.id, "link": outcome.link]
        fields["reason"] = outcome.reason
        fields["difference"] = outcome.difference
        return fields
    }
}
