/* The process as a whole, read by the sampler's thread: whoever asks in Python takes the lock from the program, and each time
 * that costs it several times what the answer does.
 *
 *     CPU        the process's clock without the clocks of our own threads
 *     busy       time that all cores have worked for all processes: /proc/stat, proc(5)
 *     memory     resident pages: /proc/self/statm
 *     sizes      how many entries some dicts of Python's have, which the sampler keeps alive: one aligned word each
 *
 * The files stay open in our thread's own table, see `settle_thread`. On macOS nothing is read here, and Python asks.
 */

#ifndef MICROLOG_SAMPLER_PROCESS_H
#define MICROLOG_SAMPLER_PROCESS_H

#include "_sampler_layout.h"
#include "_sampler_platform.h"

#include <stdlib.h>

#define SIZES 3
#define MOST_READINGS 4096 /* not handed over; the sampler is drained long before */

typedef struct {
    int64_t at;     /* ns from the origin */
    int64_t cpu;    /* ns */
    int64_t busy;   /* ns */
    int64_t memory; /* bytes */
    int64_t sizes[SIZES];
} Reading;

static struct {
    int64_t interval; /* 0: nobody wants readings */
    int64_t due;
    PyObject *dicts[SIZES];
    Reading readings[MOST_READINGS];
    int count;
    int stat, statm; /* -1: not open */
    int64_t tick_ns, page_bytes;
} process = {.stat = -1, .statm = -1};

#if defined(__linux__)

/* On our thread, in its own table of files. Whether there is something to read. */
static bool
process_open(void)
{
    process.stat = open("/proc/stat", O_RDONLY | O_CLOEXEC);
    process.statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    long ticks = sysconf(_SC_CLK_TCK), page = sysconf(_SC_PAGESIZE);
    process.tick_ns = ticks > 0 ? 1000000000 / ticks : 0;
    process.page_bytes = page;
    return process.stat >= 0 && process.statm >= 0 && process.tick_ns && page > 0;
}

static void
process_close(void)
{
    if (process.stat >= 0)
        close(process.stat);
    if (process.statm >= 0)
        close(process.statm);
    process.stat = process.statm = -1;
}

/* The first numbers of a file; false if it has not so many. */
static bool
first_numbers(int file, const char *before, long long *numbers, int count)
{
    char text[512], *at = text;
    ssize_t size = pread(file, text, sizeof text - 1, 0);
    size_t skip = strlen(before);
    if (size <= 0)
        return false;
    text[size] = 0;
    if (strncmp(text, before, skip))
        return false;
    at += skip;
    for (int index = 0; index < count; index++) {
        char *end;
        numbers[index] = strtoll(at, &end, 10);
        if (end == at)
            return false;
        at = end;
    }
    return true;
}

static bool
process_numbers(Reading *reading)
{
    /* user, nice, system, idle, waiting for a disk, interrupts, soft interrupts, taken by other machines */
    long long clocks[8], pages[2];
    if (!first_numbers(process.stat, "cpu ", clocks, 8) || !first_numbers(process.statm, "", pages, 2))
        return false;
    reading->busy = (clocks[0] + clocks[1] + clocks[2] + clocks[5] + clocks[6] + clocks[7]) * process.tick_ns;
    reading->memory = pages[1] * process.page_bytes;
    return true;
}

#else

static bool
process_open(void)
{
    return false;
}

static void
process_close(void)
{
}

static bool
process_numbers(Reading *reading)
{
    (void)reading;
    return false;
}

#endif

/* Adds a reading; `own` is CPU time of our own threads. On our thread, under the sampler's lock. */
static void
process_read(int64_t at, int64_t own)
{
    Reading reading = {.at = at, .cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - own};
    if (process.count == MOST_READINGS || !process_numbers(&reading))
        return;
    for (int index = 0; index < SIZES; index++)
        reading.sizes[index] = LOAD(((PyDictObject *)process.dicts[index])->ma_used);
    process.readings[process.count++] = reading;
}

/* With Python's lock held: nobody wants readings any more. */
static void
process_forget(void)
{
    process.interval = 0;
    process.count = 0;
    for (int index = 0; index < SIZES; index++)
        Py_CLEAR(process.dicts[index]);
}

#endif
