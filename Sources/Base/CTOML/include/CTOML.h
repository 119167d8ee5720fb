#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A TOML document that was read, or why it could not be. To be freed with `toml_document_free`.
typedef struct {
    /// The document as JSON; NULL if it is invalid.
    char *json;
    /// A JSON object with the line of each key, written with the tables it is in: `{"sensors.interval": 5}`.
    char *lines;
    /// What is wrong with it; NULL if nothing is.
    char *error;
    /// Where that is, from 1.
    unsigned error_line;
} toml_document;

/// Reads a document of the given length with toml++.
toml_document toml_document_read(const char *text, size_t length);

/// Frees what the document holds.
void toml_document_free(toml_document document);

#ifdef __cplusplus
}
#endif
