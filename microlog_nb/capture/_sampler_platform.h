/* What operating systems and processors do differently. Linux on x86-64 has been tried, on ARM64 in an emulator, which does
 * not reorder as the processor does; macOS has been compiled and not run.
 *
 *                          Linux                                        macOS
 *   CPU time of a thread   a clock made of its native id                 proc_pidinfo by its native id, whole microseconds
 *   what it sleeps for     /proc/self/task/ID/syscall                    runs or sleeps: waiting for the lock counts as waiting
 *   stores of other cores  membarrier, where they may come out of order   asking for each thread's registers
 *
 * None of it needs a privilege.
 */

#ifndef MICROLOG_SAMPLER_PLATFORM_H
#define MICROLOG_SAMPLER_PLATFORM_H

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

/* Whether a core may see the stores of another in another order than they were made. */
#ifndef WEAK_ORDER
#if defined(__x86_64__) || defined(__i386__)
#define WEAK_ORDER 0
#else
#define WEAK_ORDER 1
#endif
#endif

enum idleness { IDLE_UNKNOWN, IDLE_RUNNABLE, IDLE_ASLEEP };

static int64_t
clock_ns(clockid_t clock)
{
    struct timespec now;
    if (clock_gettime(clock, &now))
        return -1;
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

#if defined(__linux__)

#include <fcntl.h>
#if __has_include(<linux/close_range.h>)
#include <linux/close_range.h>
#endif
#include <linux/membarrier.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define PYTHON_CLOCK CLOCK_MONOTONIC /* that of time.perf_counter_ns */
#define THREAD_CLOCKS_ARE_EXACT true

/* CPU time of a thread of this process by its native id; -1 if it has ended. */
static int64_t
thread_cpu_ns(unsigned long native)
{
    /* clock_getcpuclockid(3): the complement of the id, and the kind of clock: a thread's, of scheduled time */
    return native ? clock_ns((clockid_t)((~(unsigned int)native) << 3 | 6)) : -1;
}

static int64_t
own_thread_cpu_ns(pthread_t thread)
{
    clockid_t clock;
    return pthread_getcpuclockid(thread, &clock) ? -1 : clock_ns(clock);
}

/* At the start of our thread. Whether the files that it opens have numbers of their own, which the program does not see. */
static bool
settle_thread(void)
{
    prctl(PR_SET_TIMERSLACK, 1ul);
    prctl(PR_SET_NAME, "microlog");
#if defined(SYS_close_range) && defined(CLOSE_RANGE_UNSHARE)
    return syscall(SYS_close_range, 0u, ~0u, CLOSE_RANGE_UNSHARE) == 0;
#else
    return false;
#endif
}

/* What a thread does that has used no CPU, and the futex that it sleeps on, or 0. It opens a file. */
static enum idleness
idleness(unsigned long native, uintptr_t *futex)
{
    char text[64];
    *futex = 0;
    snprintf(text, sizeof text, "/proc/self/task/%lu/syscall", native);
    int file = open(text, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return IDLE_UNKNOWN;
    ssize_t size = read(file, text, sizeof text - 1);
    close(file);
    if (size <= 0)
        return IDLE_UNKNOWN;
    text[size] = 0;
    if (strncmp(text, "running", 7) == 0)
        return IDLE_RUNNABLE;
    long number;
    unsigned long address;
    /* "-1 ...": it sleeps, but in no system call, as for a page of memory */
    if (sscanf(text, "%ld %lx", &number, &address) == 2 && number == SYS_futex)
        *futex = address;
    return IDLE_ASLEEP;
}

static void
wake_init(pthread_cond_t *wake)
{
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, PYTHON_CLOCK);
    pthread_cond_init(wake, &clock);
    pthread_condattr_destroy(&clock);
}

/* Waits until somebody wakes us or until this time on PYTHON_CLOCK. */
static void
wait_until(pthread_cond_t *wake, pthread_mutex_t *lock, int64_t at)
{
    struct timespec when = {.tv_sec = at / 1000000000, .tv_nsec = at % 1000000000};
    pthread_cond_timedwait(wake, lock, &when);
}

/* False: this system cannot do what `see_all_stores` does. */
static bool
prepare_to_see_stores(void)
{
    return !WEAK_ORDER || syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

/* Every store of another core that came before one that has been seen can be seen from now on. */
static inline void
see_all_stores(void)
{
#if WEAK_ORDER
    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
#endif
}

#elif defined(__APPLE__)

#include <libproc.h>
#include <mach/mach.h>
#include <mach/thread_state.h>
#include <sys/proc_info.h>

#define PYTHON_CLOCK CLOCK_UPTIME_RAW
#define THREAD_CLOCKS_ARE_EXACT false

static bool
thread_information(uint64_t native, struct proc_threadinfo *information)
{
    int size = (int)sizeof *information;
    return native && proc_pidinfo(getpid(), PROC_PIDTHREADID64INFO, native, information, size) == size;
}

static int64_t
thread_cpu_ns(unsigned long native)
{
    struct proc_threadinfo is;
    return thread_information(native, &is) ? (int64_t)(is.pth_user_time + is.pth_system_time) : -1;
}

static int64_t
own_thread_cpu_ns(pthread_t thread)
{
    uint64_t native = 0;
    return pthread_threadid_np(thread, &native) ? -1 : thread_cpu_ns(native);
}

static bool
settle_thread(void)
{
    pthread_setname_np("microlog");
    return true;
}

static enum idleness
idleness(unsigned long native, uintptr_t *futex)
{
    struct proc_threadinfo is;
    *futex = 0;
    if (!thread_information(native, &is))
        return IDLE_UNKNOWN;
    return is.pth_run_state == TH_STATE_RUNNING ? IDLE_RUNNABLE : IDLE_ASLEEP;
}

static void
wake_init(pthread_cond_t *wake)
{
    pthread_cond_init(wake, NULL);
}

static void
wait_until(pthread_cond_t *wake, pthread_mutex_t *lock, int64_t at)
{
    int64_t left = at - clock_ns(PYTHON_CLOCK);
    struct timespec when = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    if (left > 0)
        pthread_cond_timedwait_relative_np(wake, lock, &when);
}

static bool
prepare_to_see_stores(void)
{
    return true;
}

static inline void
see_all_stores(void)
{
#if WEAK_ORDER
    /* to tell a thread's registers the kernel interrupts the core that it runs on */
    thread_act_array_t threads;
    mach_msg_type_number_t count;
    if (task_threads(mach_task_self(), &threads, &count) != KERN_SUCCESS)
        return;
    for (mach_msg_type_number_t index = 0; index < count; index++) {
        uintptr_t stack, registers[128];
        size_t room = sizeof registers / sizeof *registers;
        thread_get_register_pointer_values(threads[index], &stack, &room, registers);
        mach_port_deallocate(mach_task_self(), threads[index]);
    }
    vm_deallocate(mach_task_self(), (vm_address_t)threads, count * sizeof *threads);
#endif
}

#endif

#endif
