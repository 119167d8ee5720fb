extension JSON {
    /// The members of an object, in the order of the text. A name stands once: of duplicates the last counts.
    public struct Object: Sendable {
        /// One member.
        public struct Member: Sendable {
            /// Its name.
            public let name: String
            /// Its value.
            public var value: JSON
        }

        private var members: [Member]

        /// An object without members.
        public init() { members = [] }

        fileprivate init(members: [Member]) { self.members = members }

        /// The value of the member called `name`, compared by code points. Setting `nil` removes it.
        public subscript(name: String) -> JSON? {
            get { index(of: name).map { members[$0].value } }
            set {
                switch (index(of: name), newValue) {
                case (let index?, let value?): members[index].value = value
                case (let index?, nil): members.remove(at: index)
                case (nil, let value?): members.append(Member(name: name, value: value))
                case (nil, nil): break
                }
            }
        }

        private func index(of name: String) -> Int? {
            members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
        }
    }
}

extension JSON.Object: RandomAccessCollection {
    /// Always 0.
    public var startIndex: Int { 0 }
    /// How many members there are.
    public var endIndex: Int { members.count }
    /// The member at `position`.
    public subscript(position: Int) -> Member { members[position] }
}

extension JSON.Object: Hashable {
    /// Whether both have the same members, in whatever order.
    public static func == (left: Self, right: Self) -> Bool {
        guard left.count == right.count else { return false }
        if zip(left, right).allSatisfy({ $0.name.utf8.elementsEqual($1.name.utf8) && $0.value == $1.value }) {
            return true
        }
        let index = Dictionary(right.map { (JSON.Object.Name($0.name), $0.value) }) { $1 }
        return left.allSatisfy { index[JSON.Object.Name($0.name)] == $0.value }
    }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for member in members {
            var one = Hasher()
            one.combine(Name(member.name))
            one.combine(member.value)
            sum &+= one.finalize()
        }
        hasher.combine(sum)
    }
}

extension JSON.Object: ExpressibleByDictionaryLiteral {
    /// An object with these members.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        var builder = Builder()
        for (name, value) in elements { builder.append(name, value) }
        self = builder.finish()
    }
}

extension JSON.Object {
    /// A member's name, compared by code points.
    struct Name: Hashable {
        let text: String

        init(_ text: String) { self.text = text }

        static func == (left: Self, right: Self) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    /// Collects members; keeps an index once there are many, so that a hostile object costs no quadratic time.
    struct Builder {
        private var members: [Member] = []
        private var index: [Name: Int] = [:]

        mutating func append(_ name: String, _ value: JSON) {
            if let index = position(of: name) {
                members[index].value = value
            } else {
                if members.count >= Self.indexedFrom { index[Name(name)] = members.count }
                members.append(Member(name: name, value: value))
            }
        }

        private static var indexedFrom: Int { 16 }

        private func position(of name: String) -> Int? {
            let linear = members.prefix(Self.indexedFrom).firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
            return linear ?? (index.isEmpty ? nil : index[Name(name)])
        }

        func finish() -> JSON.Object { JSON.Object(members: members) }
    }
}
