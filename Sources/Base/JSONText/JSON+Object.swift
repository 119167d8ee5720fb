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
            members.firstIndex { $0.name.isSpelt(as: name) }
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
        // What was only passed on is the same memory: that is how most comparisons end.
        let isSame = left.members.withUnsafeBufferPointer { left in
            right.members.withUnsafeBufferPointer { left.baseAddress == $0.baseAddress }
        }
        if isSame { return true }
        for index in left.indices {
            guard left[index].name.isSpelt(as: right[index].name) else {
                return sameMembers(left.members[index...], right.members[index...])
            }
            guard left[index].value == right[index].value else { return false }
        }
        return true
    }

    /// Whether both hold the same members in a different order. No value is compared twice, or nesting would double the
    /// work with every level.
    private static func sameMembers(_ left: ArraySlice<Member>, _ right: ArraySlice<Member>) -> Bool {
        var index: [Name: JSON] = [:]
        for member in right { index[Name(member.name)] = member.value }
        return left.allSatisfy { member in index[Name(member.name)].map { $0 == member.value } ?? false }
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

        static func == (left: Self, right: Self) -> Bool { left.text.isSpelt(as: right.text) }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            hasher.combine(0xFF as UInt8)
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
            let linear = members.prefix(Self.indexedFrom).firstIndex { $0.name.isSpelt(as: name) }
            return linear ?? (index.isEmpty ? nil : index[Name(name)])
        }

        func finish() -> JSON.Object { JSON.Object(members: members) }
    }
}
