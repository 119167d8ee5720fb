// What the C library's Swift module leaves out: epoll(7), mallinfo2(3), mallopt(3), adjtimex(2) and timerfd_create(2);
// and what cannot be done in Swift.
#pragma once
#include <malloc.h>
#include <stddef.h>
#include <sys/epoll.h>

/// Releases the memory of this program's code and constants, and the free memory of its heap. Pages that are still used
/// return from the page cache at their next use; those that only the start needed do not.
///
/// Returns how many bytes of code and constants were released.
size_t linux_release_program(void);

/// Has each signal of this number written, as a byte with its number, to a non-blocking pipe.
void linux_catch_signal(int number, int descriptor);

/// The kernel's estimate of how wrong the wall clock may be, in microseconds; negative if it is not known.
long linux_clock_error(void);

/// Opens a descriptor that becomes readable when the wall clock was set, or may have been; read(2) then fails with
/// ECANCELED. Returns a negative number, with errno set, on failure.
int linux_watch_clock(void);

/// Gives the calling thread alone another effective user ID, as whom it opens connections. setresuid(2) of the C library
/// changes the whole process. Returns a negative number, with errno set, on failure.
int linux_set_thread_user(unsigned int user);

/// Keeps the memory of this process, which may have passwords, out of core dumps and from debuggers of the same user.
void linux_forbid_dumps(void);
