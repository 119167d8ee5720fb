// What the C library's Swift module leaves out: epoll(7), mallinfo2(3) and mallopt(3); and what Swift must not do.
#pragma once
#include <malloc.h>
#include <stddef.h>
#include <sys/epoll.h>

/// Gives back the memory that code and constants of this program take, and what is free of the heap. What is still
/// used comes back from the page cache at its next use; what only the start needed stays away.
///
/// Returns how many bytes of code and constants were given back.
size_t linux_release_program(void);

/// Has a signal written, as a byte with its number, to a pipe that does not block, whenever it comes.
void linux_catch_signal(int number, int descriptor);
