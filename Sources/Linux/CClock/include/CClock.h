// What the C library's Swift module leaves out of clocks: adjtimex(2) and timerfd_create(2).
#pragma once

// The kernel's estimate of how wrong the wall clock may be, in microseconds; negative if it does not tell.
long cclock_error(void);

// A descriptor that is readable when the wall clock was set, or may have been; read(2) then fails with ECANCELED.
// Negative, with errno set, if there is none to be had.
int cclock_watch(void);
