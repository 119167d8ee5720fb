// Debian builds Swift's standard library against a newer glibc than that of Debian 12, so that it calls functions which
// glibc 2.36 does not have. Here they are, by what it has. `environment` makes a static library of them.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Since C23 these accept binary numbers (0b101), too. For bases 8, 10 and 16 they are the same.
long __isoc23_strtol(const char *text, char **end, int base) { return strtol(text, end, base); }
unsigned long __isoc23_strtoul(const char *text, char **end, int base) { return strtoul(text, end, base); }
long long __isoc23_strtoll(const char *text, char **end, int base) { return strtoll(text, end, base); }
unsigned long long __isoc23_strtoull(const char *text, char **end, int base) { return strtoull(text, end, base); }

int __isoc23_sscanf(const char *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int count = vsscanf(text, format, arguments);
    va_end(arguments);
    return count;
}

// Both return the length that the result would have if there were room for all of it.
size_t strlcpy(char *target, const char *source, size_t size) {
    size_t length = strlen(source);
    if (size > 0) {
        size_t count = length < size ? length : size - 1;
        memcpy(target, source, count);
        target[count] = 0;
    }
    return length;
}

size_t strlcat(char *target, const char *source, size_t size) {
    size_t length = strnlen(target, size);
    return length + (length < size ? strlcpy(target + length, source, size - length) : strlen(source));
}
