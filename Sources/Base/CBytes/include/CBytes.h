// memmem(3), which the C library's Swift module leaves out: it is a GNU extension. Linear, whatever the input.
#pragma once
#include <stddef.h>

const void *jet_bytes_find(const void *bytes, size_t count, const void *part, size_t part_count);
