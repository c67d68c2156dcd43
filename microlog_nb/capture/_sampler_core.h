/* Keeps the sampler's thread off the cores that the program computes on: woken there, it takes the core from the program at
 * every tick, and two switches cost ten times what the look itself does. The scheduler does not see to it: a timer goes off on
 * the core that set it, and a thread that sleeps most of the time is left, or put, where others run.
 *
 *     tick: where does each thread that ran run?  ->  on the core that we are on: we move to another
 *
 * The kernel keeps the number of a thread's core in its restartable-sequence area, rseq(2), which glibc 2.35 and later
 * place at a published distance from the thread's ident. Elsewhere, and on macOS, the scheduler has its way.
 */

#ifndef MICROLOG_SAMPLER_CORE_H
#define MICROLOG_SAMPLER_CORE_H

#include "_sampler_guard.h"
#include "_sampler_layout.h"
#include "_sampler_platform.h"

#if defined(__linux__) && defined(__GLIBC__)

#include <dlfcn.h>
#include <sched.h>

#define BETWEEN_MOVES_NS 20000000 /* a move costs as much as some ticks do: threads that change cores are not run away from at once */

static struct {
    bool known;         /* where the notes are */
    ptrdiff_t distance; /* from a thread's ident to its note */
    cpu_set_t busy;     /* cores seen in use in this tick */
    unsigned long by;   /* one of the threads that use them, by its native id */
    int64_t moved;      /* when we last moved */
} core;

/* At the start of our thread. */
static void
core_begin(void)
{
    const ptrdiff_t *offset = dlsym(RTLD_DEFAULT, "__rseq_offset");
    const unsigned int *size = dlsym(RTLD_DEFAULT, "__rseq_size");
    core.known = offset != NULL && size != NULL && *size >= 8;
    core.distance = core.known ? *offset + (ptrdiff_t)sizeof(int32_t) : 0;
    core.moved = 0;
    CPU_ZERO(&core.busy);
}

/* A thread has run since the last tick. It may have ended: outside the guard. */
static void
core_in_use(unsigned long ident, unsigned long native)
{
    if (!core.known || sigsetjmp(guard.leave, 0) != 0)
        return;
    guard_enter();
    int32_t number = LOAD(*(int32_t *)(ident + (uintptr_t)core.distance));
    guard_leave();
    if (number < 0 || number >= CPU_SETSIZE)
        return;
    CPU_SET(number, &core.busy);
    core.by = native;
}

/* At the end of a tick of our thread. */
static void
core_leave_to_program(int64_t now)
{
    int own = sched_getcpu();
    if (own >= 0 && own < CPU_SETSIZE && CPU_ISSET(own, &core.busy) && now - core.moved >= BETWEEN_MOVES_NS) {
        cpu_set_t free, before;
        core.moved = now;
        /* where the program may run, whoever has confined it */
        if (sched_getaffinity((pid_t)core.by, sizeof free, &free) == 0
            && sched_getaffinity(0, sizeof before, &before) == 0) {
            for (int number = 0; number < CPU_SETSIZE; number++)
                if (CPU_ISSET(number, &core.busy))
                    CPU_CLR(number, &free);
            /* a push, no rule: when the program comes after us, or others do, the scheduler is free to move us again */
            if (CPU_COUNT(&free) && sched_setaffinity(0, sizeof free, &free) == 0)
                sched_setaffinity(0, sizeof before, &before);
        }
    }
    CPU_ZERO(&core.busy);
}

#else

static void
core_begin(void)
{
}

static void
core_in_use(unsigned long ident, unsigned long native)
{
    (void)ident, (void)native;
}

static void
core_leave_to_program(int64_t now)
{
    (void)now;
}

#endif

#endif
