// toml++ (Debian's libtomlplusplus-dev) behind two functions of C. Errors are values, so that no exception can come out.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>

#include "include/CTOML.h"

static char *copy(const std::string &text) {
    char *bytes = static_cast<char *>(std::malloc(text.size() + 1));
    if (bytes) std::memcpy(bytes, text.c_str(), text.size() + 1);
    return bytes;
}

static void note_lines(const toml::table &table, const std::string &prefix, toml::table &lines) {
    for (auto &&[key, node] : table) {
        std::string name = prefix + std::string(key.str());
        lines.insert_or_assign(name, static_cast<int64_t>(key.source().begin.line));
        if (auto inner = node.as_table()) note_lines(*inner, name + ".", lines);
        if (auto array = node.as_array()) {
            for (size_t index = 0; index < array->size(); index++) {
                auto inner = array->get(index)->as_table();
                if (!inner) continue;
                std::string element = name + "[" + std::to_string(index) + "]";
                lines.insert_or_assign(element, static_cast<int64_t>(inner->source().begin.line));
                note_lines(*inner, element + ".", lines);
            }
        }
    }
}

static std::string json(const toml::table &table) {
    std::ostringstream stream;
    stream << toml::json_formatter{table};
    return stream.str();
}

extern "C" toml_document toml_document_read(const char *text, size_t length) {
    toml_document document = {};
    toml::parse_result result = toml::parse(std::string_view(text, length));
    if (!result) {
        document.error = copy(std::string(result.error().description()));
        document.error_line = result.error().source().begin.line;
        return document;
    }
    toml::table lines;
    note_lines(result.table(), "", lines);
    document.json = copy(json(result.table()));
    document.lines = copy(json(lines));
    return document;
}

extern "C" void toml_document_free(toml_document document) {
    std::free(document.json);
    std::free(document.lines);
    std::free(document.error);
}
