/// What happened to an element, as a fetcher sees it.
enum ElementEvent: UInt8 {
    case add, change, remove
}
