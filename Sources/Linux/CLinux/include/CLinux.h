// What the C library's Swift module leaves out: epoll(7), mallinfo2(3), mallopt(3), adjtimex(2) and timerfd_create(2);
// and what Swift must not do.
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

/// The kernel's estimate of how wrong the wall clock may be, in microseconds; negative if it is not known.
long linux_clock_error(void);

/// Opens a descriptor that becomes readable when the wall clock was set, or may have been; read(2) then fails with
/// ECANCELED. Returns a negative number, with errno set, on failure.
int linux_watch_clock(void);
