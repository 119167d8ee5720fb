#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <link.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <unistd.h>

// The first program that dl_iterate_phdr(3) reports is the main one.
static int release_program(struct dl_phdr_info *program, size_t size, void *released) {
    (void)size;
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (int index = 0; index < program->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &program->dlpi_phdr[index];
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        // Whole pages only. What is not writable is the same as in the file, so nothing is lost.
        const size_t start = (program->dlpi_addr + segment->p_vaddr + page - 1) & ~(page - 1);
        const size_t end = (program->dlpi_addr + segment->p_vaddr + segment->p_filesz) & ~(page - 1);
        if (end > start && madvise((void *)start, end - start, MADV_DONTNEED) == 0) *(size_t *)released += end - start;
    }
    return 1;
}

size_t linux_release_program(void) {
    size_t released = 0;
    dl_iterate_phdr(release_program, &released);
    malloc_trim(0);
    return released;
}

// The descriptor that each signal is written to, plus one; 0 for none.
static volatile sig_atomic_t signal_descriptors[_NSIG];

static void write_signal(int number) {
    const int error = errno;
    const unsigned char byte = (unsigned char)number;
    // If the pipe is full, signals wait in it already.
    const ssize_t written = write((int)signal_descriptors[number] - 1, &byte, 1);
    (void)written;
    errno = error;
}

void linux_catch_signal(int number, int descriptor) {
    signal_descriptors[number] = descriptor + 1;
    struct sigaction action = {.sa_handler = write_signal, .sa_flags = SA_RESTART};
    sigaction(number, &action, NULL);
}

long linux_clock_error(void) {
    struct timex state = {0}; // no mode: it only reads
    return adjtimex(&state) < 0 ? -1 : state.maxerror;
}

int linux_watch_clock(void) {
    int timer = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (timer < 0) return -1;
    // A time that never comes.
    struct itimerspec never = {.it_value.tv_sec = INT64_MAX};
    if (timerfd_settime(timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) < 0) {
        int code = errno;
        close(timer);
        errno = code;
        return -1;
    }
    return timer;
}

int linux_set_thread_user(unsigned int user) { return (int)syscall(SYS_setresuid, -1L, (long)user, -1L); }

void linux_forbid_dumps(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
