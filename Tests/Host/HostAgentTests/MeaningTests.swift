import JSONText
import Testing

/// What every state says about itself.
struct MeaningTests {
    @Test("each state of a board has a title and a datatype, and each method a title", arguments: Board.allCases)
    func meanings(board: Board) throws {
        for line in try board.golden() {
            let reading = try JSON(parsing: String(line))
            let path = Comment(rawValue: reading["path"]?.string ?? String(line))
            #expect(reading["meta"]?["title"]?.string?.isEmpty == false, path)
            #expect(reading["role"] == "method" || reading["meta"]?["datatype"] != nil, path)
        }
    }
}
