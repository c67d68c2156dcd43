/* Reads that may fail: inside the guard a fault of this thread ends the reading instead of the process.
 *
 *     if (sigsetjmp(guard.leave, 0) == 0) { guard_enter(); ... reads ...; guard_leave(); } else { it faulted }
 *
 * One thread at a time may be inside. No lock may be taken and nothing allocated there, for a fault leaves from anywhere.
 *
 * Faults that are not ours go where they would have gone without us. Handlers are installed while recording only. Another
 * handler may come on top of ours at any time (faulthandler.enable()): it would report faults that are handled, so ours is put
 * back on top before each reading, and keeps what it found there:
 *
 *     ours -> faulthandler's -> (what faulthandler found: ours again) -> what was there first
 *
 * Each pass of one crash through our handler goes one step further down, so the circle ends.
 */

#ifndef MICROLOG_SAMPLER_GUARD_H
#define MICROLOG_SAMPLER_GUARD_H

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>

#define GUARD_SIGNALS 2
#define GUARD_HANDLERS 8

static const int guard_signals[GUARD_SIGNALS] = {SIGSEGV, SIGBUS};

static struct {
    sigjmp_buf leave;
    pthread_t reader;
    volatile sig_atomic_t reading;
    bool installed;
    struct {
        struct sigaction below[GUARD_HANDLERS]; /* the first is the oldest */
        volatile sig_atomic_t count;
        volatile sig_atomic_t left; /* of those, for the crash that is going through them now; -1 if there is none */
    } chains[GUARD_SIGNALS];
} guard = {.chains = {{.left = -1}, {.left = -1}}};

static void guard_handler(int, siginfo_t *, void *);

static void
guard_pass_on(int which, int number, siginfo_t *info, void *context)
{
    int left = guard.chains[which].left;
    if (left < 0) {
        left = guard.chains[which].count;
        if (!guard.installed && left > 1) /* called by one that came on top of ours: what it found is the oldest */
            left = 1;
    }
    struct sigaction *below = left > 0 ? &guard.chains[which].below[left - 1] : NULL;
    bool sent = info->si_code <= 0; /* by kill or raise: it will not come again by itself */
    if (below == NULL || (!(below->sa_flags & SA_SIGINFO) && below->sa_handler == SIG_DFL)) {
        /* the end: the instruction faults once more, and the kernel does what it does with such a process */
        struct sigaction end;
        memset(&end, 0, sizeof end);
        end.sa_handler = SIG_DFL;
        sigaction(number, &end, NULL);
        if (sent)
            raise(number);
        return;
    }
    if (!(below->sa_flags & SA_SIGINFO) && below->sa_handler == SIG_IGN) {
        if (!sent)
            signal(number, SIG_DFL); /* as the kernel: a fault cannot be ignored */
        return;
    }
    guard.chains[which].left = left - 1;
    sigset_t blocked = below->sa_mask, before;
    if (!(below->sa_flags & SA_NODEFER))
        sigaddset(&blocked, number);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    if (below->sa_flags & SA_SIGINFO)
        below->sa_sigaction(number, info, context);
    else
        below->sa_handler(number);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    guard.chains[which].left = -1; /* it came back: that one was dealt with */
}

static void
guard_handler(int number, siginfo_t *info, void *context)
{
    if (guard.reading && pthread_equal(guard.reader, pthread_self())) {
        guard.reading = 0;
        siglongjmp(guard.leave, 1);
    }
    guard_pass_on(number == SIGSEGV ? 0 : 1, number, info, context);
}

static bool
guard_is_on_top(const struct sigaction *action)
{
    return (action->sa_flags & SA_SIGINFO) && action->sa_sigaction == guard_handler;
}

/* Makes sure that our handler is the first to be asked. Two system calls that only look, where nothing changed. */
static void
guard_install(void)
{
    for (int which = 0; which < GUARD_SIGNALS; which++) {
        struct sigaction now, ours;
        if (sigaction(guard_signals[which], NULL, &now) || guard_is_on_top(&now))
            continue;
        int count = guard.installed ? guard.chains[which].count : 0;
        if (count == GUARD_HANDLERS) {
            memmove(&guard.chains[which].below[1], &guard.chains[which].below[2],
                    sizeof(struct sigaction) * (GUARD_HANDLERS - 2));
            count--;
        }
        guard.chains[which].below[count] = now;
        guard.chains[which].count = count + 1;
        memset(&ours, 0, sizeof ours);
        ours.sa_sigaction = guard_handler;
        /* not blocked while it runs: siglongjmp then need not restore the mask, which would be a system call a reading */
        ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
        sigemptyset(&ours.sa_mask);
        sigaction(guard_signals[which], &ours, NULL);
    }
    guard.installed = true;
}

/* Puts back what was below, unless somebody is on top of us: who was told of our handler may still call it. */
static void
guard_uninstall(void)
{
    for (int which = 0; which < GUARD_SIGNALS; which++) {
        struct sigaction now;
        int count = guard.chains[which].count;
        if (sigaction(guard_signals[which], NULL, &now) || !guard_is_on_top(&now) || count == 0)
            continue;
        sigaction(guard_signals[which], &guard.chains[which].below[count - 1], NULL);
    }
    guard.installed = false;
}

static inline void
guard_enter(void)
{
    guard.reader = pthread_self();
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    guard.reading = 1;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static inline void
guard_leave(void)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    guard.reading = 0;
}

#endif
