#include "CClock.h"
#include <errno.h>
#include <stdint.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <unistd.h>

long cclock_error(void) {
    struct timex state = {0}; // no mode: it only reads
    return adjtimex(&state) < 0 ? -1 : state.maxerror;
}

int cclock_watch(void) {
    int timer = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (timer < 0) return -1;
    // A day that never comes.
    struct itimerspec never = {.it_value.tv_sec = INT64_MAX};
    if (timerfd_settime(timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) < 0) {
        int code = errno;
        close(timer);
        errno = code;
        return -1;
    }
    return timer;
}
