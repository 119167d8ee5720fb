/// A *completion script*: what a shell has to know to complete the daemon's command line, in the shell's own language.
struct CompletionScript {
    /// The shells that scripts are made for.
    enum Shell: String, CaseIterable {
        case bash, zsh, fish
    }

    private typealias Option = Arguments.Option

    /// The script.
    let text: String

    /// A script for `shell`.
    init(for shell: Shell) {
        text =
            switch shell {
            case .bash: Self.bash
            case .zsh: Self.zsh
            case .fish: Self.fish
            }
    }

    /// Those that are offered.
    private static let options = Option.allCases.filter { !$0.isHidden }

    /// What offers words in bash.
    private static func offer(_ words: [String]) -> String {
        "COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$cur\"))"
    }

    /// With the functions of bash-completion, which loads it.
    private static var bash: String {
        let cases = options.compactMap { option in
            switch option.value?.kind {
            case .file: "    --\(option.rawValue)) _filedir; return ;;"
            case .word(let words):
                "    --\(option.rawValue)) \(offer(words)); return ;;"
            case .other: "    --\(option.rawValue)) return ;;"
            case nil: nil
            }
        }
        let names = options.map { "--\($0.rawValue)" } + ["-h"]
        return """
            # Completion of jetd for bash.
            _jetd() {
                local cur prev words cword split
                _init_completion -s -n : || return
                case $prev in
            \(cases.joined(separator: "\n"))
                esac
                $split && return
                \(offer(names))
            }
            complete -F _jetd jetd
            """
    }

    /// By the function `_arguments` (zshcompsys(1)).
    private static var zsh: String {
        let specifications = options.map { option in
            let text = escaping("\\[]:", in: remark(on: option))
            let names =
                option == .help ? "'(-h --help)'{-h,--help}'" : "'\(option.isRepeatable ? "*" : "")--\(option.rawValue)"
            let action: String? =
                switch option.value?.kind {
                case .file: "_files"
                case .word(let words): "(" + words.joined(separator: " ") + ")"
                case .other: " "
                case nil: nil
                }
            let placeholder = option.value?.placeholder.lowercased() ?? ""
            let value = action.map { ":\(placeholder):\($0)" } ?? ""
            return "    \(names)\(option.value == nil ? "" : "=")[\(quoted(text))]\(value)'"
        }
        return """
            #compdef jetd
            _arguments -s -S : \\
            \(specifications.joined(separator: " \\\n"))
            """
    }

    /// By the builtin `complete` (complete(1) of fish).
    private static var fish: String {
        let lines = options.map { option in
            let value =
                switch option.value?.kind {
                case .file: " -r -F"
                case .word(let words): " -x -a '\(words.joined(separator: " "))'"
                case .other: " -x"
                case nil: ""
                }
            let names = (option == .help ? " -s h" : "") + " -l \(option.rawValue)"
            return
                "complete -c jetd\(names)\(value) -d '\(escaping("'", in: remark(on: option)))'"
        }
        return """
            # Completion of jetd for fish.
            complete -c jetd -f
            \(lines.joined(separator: "\n"))
            """
    }

    /// As much of what an option does as fits beside it.
    private static func remark(on option: Option) -> String {
        var text = option.summary
        for end in [";", ":", " (", ", such"] {
            // Substrings are looked for by hand: there is no Foundation here.
            if let range = text.indices.first(where: { text[$0...].hasPrefix(end) }), range > text.startIndex {
                text = String(text[..<range])
            }
        }
        return text
    }

    /// A text with a backslash before each of these characters.
    private static func escaping(_ characters: String, in text: String) -> String {
        text.map { characters.contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    /// A text inside the single quotes of a shell.
    private static func quoted(_ text: String) -> String {
        text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    }
}
