/* The native sampler: a thread that Python does not know of looks at the stacks of all threads, without Python's lock.
 *
 *     tick  ->  list of threads  ->  each: CPU clock, frames from the top to the root, code objects  ->  one row
 *
 * The program runs on while its frames are read, so whatever is read may be gone or half-written:
 *
 *   * memory that has vanished      the guard catches the fault (_sampler_guard.h)
 *   * frames that have moved on     a stack counts only if each of its edges (caller, instruction, callee) has been
 *                                   verified: read once from the top to the root, once more from the root to the top,
 *                                   the top looked at again, and again down to the root, all of it unchanged
 *   * code objects that have died   known by address and identity; names and line table are copied at first sight
 *
 * A thread whose CPU clock stands still has not moved since it was last looked at: it is not read again.
 *
 * Python's side is samplers/native.py. All functions here are called with Python's lock held, the sampler's thread never
 * takes it. `state.lock` guards everything else, and is held by nobody who waits for Python's lock.
 */

#include "_sampler_layout.h"

#include "_sampler_core.h"
#include "_sampler_guard.h"
#include "_sampler_platform.h"
#include "_sampler_process.h"
#include "_sampler_store.h"
#include "_sampler_tree.h"

#include <unistd.h>

#define DEEPEST 16384 /* frames; of deeper stacks nothing is kept, rather than a part */
#define MOST_THREADS 4096
#define MOST_EXCLUDED 64 /* of our own threads; the one excluded first, which has ended long since, makes room */
#define ATTEMPTS 6
#define LOST_AFTER 1000 /* ticks in a row that could not read a single thread */
#define LONGEST_LOOK_NS 300000 /* at one thread, and as much again for every thousand frames */
#define STACK_SIZE (256 * 1024)
#define PACE_NS 250000000      /* so often it is asked whether there are too many ticks */
#define BUSY_PERCENT 4         /* more of them missed: too many */
#define CALM_PERCENT 2         /* fewer of them missed, ... */
#define CALM_ROUNDS 16         /* ... so often in a row: there may be more again */
#define SLOWEST_PACE_NS 1000000

typedef struct {
    PyThreadState *address;
    uint64_t id;
    unsigned long ident, native;
} Listed;

typedef struct {
    uint32_t code;
    int32_t instruction;
    uint32_t node;
} Step;

/* One thread of the program. */
typedef struct {
    uint64_t id; /* of its thread state; 0: free */
    unsigned long ident, native;
    uint64_t tick;      /* when it was last in the list */
    int64_t cpu;        /* its clock at its last row; -1: unknown */
    int64_t taken;      /* time of its last row */
    int64_t walked_cpu; /* its clock right before its stack was last read; -1: not read yet */
    uint32_t node;
    bool active;        /* its last row had a stack of the user's, as far as is known */
    bool ended, announced;
    enum state answer;  /* what it sleeps for, since its clock stands still; unknown: not asked yet */
    Step *path;         /* its last stack from the root to the top */
    uint32_t path_count, path_room;
} Thread;

typedef struct {
    Frame *frame, *previous;
    PyCodeObject *code;
    char *at;
    uint32_t number; /* of the code; NONE if the frame is not shown */
    int32_t instruction;
    int owner;
} Seen;

static struct {
    pthread_mutex_t lock;
    pthread_mutex_t sleep_lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool open, running, stopping, changed;
    pid_t process;
    PyInterpreterState *interpreter;
    struct _gil_runtime_state *gil;
    int64_t origin, interval;
    int64_t earlier_cpu; /* of threads of ours that have ended */
    int64_t last_taken, last_row_us;
    bool exact_clocks, everyone;
    bool own_files; /* our thread has opened nothing that the program could see */
    bool reads_process;
    unsigned long excluded[MOST_EXCLUDED];
    int64_t excluded_cpu[MOST_EXCLUDED]; /* their clocks when they were last listed */
    int excluded_count;
    uint64_t ticks, missed, torn, faults, unread;
    bool lost;
    Thread *threads;
    int thread_count;
    uint16_t near[1024]; /* slot + 1 by the lower bits of the id: where to look first */
} state = {.lock = PTHREAD_MUTEX_INITIALIZER, .sleep_lock = PTHREAD_MUTEX_INITIALIZER};

static Listed listed[MOST_THREADS];
static volatile int listed_count;
static Seen walk[DEEPEST];
static volatile int walk_count;
static Hook hook; /* of the stack in `walk` */

/* -- clocks --------------------------------------------------------------------------------------------------------- */

/* From the origin that Python gave. */
static int64_t
now_ns(void)
{
    return clock_ns(PYTHON_CLOCK) - state.origin;
}

/* -- reading stacks, inside the guard ----------------------------------------------------------------------------------- */

enum reading { UNREADABLE, READ, VERIFIED };
enum outcome { WHOLE, TORN, NO_ROOM };

static bool
is_listed(PyThreadState *thread)
{
    PyThreadState *before = LOAD(thread->prev);
    if (LOAD(thread->interp) != state.interpreter)
        return false;
    return (before == NULL ? LOAD(state.interpreter->threads.head) : LOAD(before->next)) == thread;
}

/* Fills `listed`; false if the list changed under way. */
static bool
list_threads(void)
{
    PyThreadState *before = NULL, *thread = LOAD(state.interpreter->threads.head);
    listed_count = 0;
    while (thread != NULL) {
        if (!is_address(thread) || LOAD(thread->interp) != state.interpreter || LOAD(thread->prev) != before)
            return false;
        if (listed_count == MOST_THREADS)
            return true;
        Listed one = {thread, LOAD(thread->id), LOAD(thread->thread_id), LOAD(thread->native_thread_id)};
        if (one.id && one.native)
            listed[listed_count++] = one;
        before = thread;
        thread = LOAD(thread->next);
    }
    return true;
}

/* Fills `walk` from the top to the root with what the frames hold; false if it is no stack, or does not pass `below`.
 *
 * Nothing else is read: the thread goes on meanwhile, and of a frame that comes and goes in less time than a walk takes
 * none could be verified. Its samples would be missing, and only its.
 */
static bool
read_frames(PyThreadState *thread, Frame *top, const Frame *below)
{
    int count = 0;
    bool passed = below == NULL;
    walk_count = 0;
    for (Frame *frame = top; frame != NULL; frame = walk[count - 1].previous) {
        if (count == DEEPEST || !is_address(frame))
            return false;
        Seen *seen = &walk[count++];
        seen->frame = frame;
        seen->owner = LOAD(frame->owner);
        seen->code = NULL;
        if (!owner_is_known(seen->owner))
            return false;
        if (!owner_has_no_code(seen->owner)) {
            seen->code = frame_code(frame);
            seen->at = frame_instruction(frame);
            if (!is_address(seen->code))
                return false;
        }
        seen->previous = LOAD(frame->previous);
        passed |= seen->previous == below;
    }
    if (!passed)
        return false;
    if (count ? !may_be_last(thread, walk[count - 1].frame, walk[count - 1].owner) : !may_have_no_frame(thread))
        return false;
    walk_count = count;
    return true;
}

/* Finds the codes of the frames in `walk`, and where in them they stand. */
static enum outcome
find_codes(void)
{
    const int32_t unit = (int32_t)sizeof(_Py_CODEUNIT);
    store.text_wanted = 0;
    for (int index = 0; index < walk_count; index++) {
        Seen *seen = &walk[index];
        seen->number = NONE;
        if (seen->code == NULL)
            continue;
        uint32_t number = code_number(seen->code, seen->frame);
        if (number == NONE)
            return store.text_wanted ? NO_ROOM : TORN;
        const Code *code = &store.codes[number];
        ptrdiff_t offset = seen->at - seen->code->co_code_adaptive;
        if (offset < -unit || offset >= (ptrdiff_t)code->units * unit || offset % unit)
            return TORN;
        seen->instruction = (int32_t)(offset / unit);
        /* before its first traceable instruction a frame is incomplete: CPython does not show it either */
        if (seen->owner == FRAME_OWNED_BY_GENERATOR || seen->instruction >= code->traceable)
            seen->number = number;
    }
    return WHOLE;
}

static bool
is_as_seen(const Seen *seen, bool top)
{
    Frame *frame = seen->frame;
    if (LOAD(frame->previous) != seen->previous || LOAD(frame->owner) != seen->owner)
        return false;
    return seen->code == NULL
        || (frame_code(frame) == seen->code && (top || frame_instruction(frame) == seen->at));
}

/* Whether the thread still has the stack in `walk`; its top frame may have gone on to another instruction. */
static bool
is_verified(PyThreadState *thread)
{
    see_all_stores();
    for (int index = walk_count - 1; index >= 0; index--)
        if (!is_as_seen(&walk[index], index == 0))
            return false;
    Hook now;
    if (!read_hook(thread, &now) || now.record != hook.record || now.top != hook.top || now.below != hook.below)
        return false;
    for (int index = 0; index < walk_count; index++)
        if (!is_as_seen(&walk[index], index == 0))
            return false;
    return is_listed(thread);
}

/* -- stacks to nodes ------------------------------------------------------------------------------------------------------- */

/* Lays the frames of `walk` that are shown from the root to the top; returns their number. */
static int
lay_out(Step *steps)
{
    int count = 0;
    for (int index = walk_count - 1; index >= 0; index--)
        if (walk[index].number != NONE)
            steps[count++] = (Step){walk[index].number, walk[index].instruction, NONE};
    return count;
}

static Step steps[DEEPEST];

/* How many steps from the root are those of the thread's last stack. */
static int
shared_with_last(const Thread *is, int count)
{
    int shared = 0;
    int most = count < (int)is->path_count ? count : (int)is->path_count;
    while (shared < most && is->path[shared].code == steps[shared].code
           && is->path[shared].instruction == steps[shared].instruction)
        shared++;
    return shared;
}

static uint64_t
edge_into(int index)
{
    return index ? edge_key(steps[index - 1].code, steps[index - 1].instruction, steps[index].code)
                 : edge_key(NONE, 0, steps[0].code);
}

static bool
all_edges_known(int from, int count)
{
    for (int index = from; index < count; index++)
        if (!edge_is_known(edge_into(index)))
            return false;
    return true;
}

/* Outside the guard. The node of the stack in `steps`; its edges are known from now on. */
static uint32_t
keep_stack(Thread *is, int from, int count)
{
    uint32_t node = from ? is->path[from - 1].node : NONE;
    if (!store_make_room(0, (uint32_t)count + 1, 0, 0))
        return NONE;
    if (is->path_room < (uint32_t)count) {
        if (!grow((void **)&is->path, sizeof(Step), (size_t)count + 64))
            return NONE;
        is->path_room = (uint32_t)count + 64;
    }
    for (int index = from; index < count; index++) {
        edge_add(edge_into(index));
        node = node_of(node, steps[index].code, steps[index].instruction);
        is->path[index] = steps[index];
        is->path[index].node = node;
    }
    is->path_count = (uint32_t)count;
    return node;
}

/* Fills `walk`, and says how sure it is. A thread that enters a frame has the stack that it enters it from, but for one that
 * has moved on meanwhile this is no answer: it would be seen in the callers of short calls, and not in the calls. */
static enum reading
read_stack(PyThreadState *thread, bool entering)
{
    if (!read_hook(thread, &hook))
        return UNREADABLE;
    if (!entering && read_frames(thread, hook.top, hook.below))
        return is_verified(thread) ? VERIFIED : READ;
    if (hook.below == NULL || !read_frames(thread, hook.below, NULL) || !is_verified(thread))
        return UNREADABLE;
    return VERIFIED;
}

/* Reads the stack of a thread; false if it would not hold still or is gone. */
static bool
walk_thread(const Listed *of, Thread *is)
{
    volatile bool entering = false; /* its top frame leads to no memory: it may not be written yet */
    for (volatile int attempt = 0; attempt < ATTEMPTS; attempt++) {
        volatile enum outcome outcome = TORN;
        volatile int shared = 0, count = 0;
        if (sigsetjmp(guard.leave, 0) == 0) {
            guard_enter();
            if (LOAD(of->address->id) == of->id && is_listed(of->address)) {
                enum reading reading = read_stack(of->address, entering);
                entering = false;
                if (reading != UNREADABLE) {
                    outcome = find_codes();
                    if (outcome == WHOLE) {
                        count = lay_out(steps);
                        shared = shared_with_last(is, count);
                        if (reading != VERIFIED && (count == 0 || !all_edges_known(shared, count)))
                            outcome = TORN;
                    }
                    if (LOAD(of->address->id) != of->id)
                        outcome = TORN;
                }
            }
            guard_leave();
        }
        else {
            state.faults++;
            entering = !entering;
            continue;
        }
        if (outcome == NO_ROOM) {
            if (!store_make_room(512, 0, 0, store.text_wanted + 65536))
                return false;
            continue;
        }
        if (outcome == WHOLE) {
            is->node = keep_stack(is, shared, count);
            return true;
        }
    }
    return false;
}

/* -- a tick ------------------------------------------------------------------------------------------------------------------ */

static int
known_excluded(void)
{
    return state.excluded_count < MOST_EXCLUDED ? state.excluded_count : MOST_EXCLUDED;
}

/* Where a thread stands among those of our own; -1: it is none. */
static int
excluded_place(unsigned long ident)
{
    for (int index = 0; index < known_excluded(); index++)
        if (state.excluded[index] == ident)
            return index;
    return -1;
}

static void
forget(Thread *is)
{
    free(is->path);
    memset(is, 0, sizeof *is);
}

/* The thread of this id, new if there was none; NULL if there are too many. */
static Thread *
thread_of(const Listed *of)
{
    int hint = state.near[of->id % 1024] - 1;
    if (hint >= 0 && state.threads[hint].id == of->id)
        return &state.threads[hint];
    int free_slot = -1;
    for (int slot = 0; slot < state.thread_count; slot++) {
        if (state.threads[slot].id == of->id) {
            state.near[of->id % 1024] = (uint16_t)(slot + 1);
            return &state.threads[slot];
        }
        if (state.threads[slot].id == 0)
            free_slot = slot;
    }
    if (free_slot < 0) {
        if (state.thread_count == SLOTS || !grow((void **)&state.threads, sizeof(Thread), (size_t)state.thread_count + 1))
            return NULL;
        free_slot = state.thread_count++;
    }
    state.near[of->id % 1024] = (uint16_t)(free_slot + 1);
    Thread *is = &state.threads[free_slot];
    memset(is, 0, sizeof *is);
    is->id = of->id;
    is->ident = of->ident;
    is->native = of->native;
    is->walked_cpu = -1;
    is->node = NONE;
    is->taken = now_ns();
    is->cpu = thread_cpu_ns(of->native);
    return is;
}

/* What a thread does that has used no CPU: on Python's lock it sleeps on a futex inside of it.
 *
 * Only our own thread asks. It has a table of files of its own, so that the program's numbers of files stay what they are.
 * The answer holds as long as the thread's clock stands still, unless it is that it would run if it got a core.
 */
static enum state
state_of_idle(Thread *is)
{
    if (is->answer != STATE_UNKNOWN || !state.own_files || !pthread_equal(state.thread, pthread_self()))
        return is->answer;
    uintptr_t futex;
    enum idleness how = idleness(is->native, &futex);
    if (how == IDLE_UNKNOWN)
        return STATE_UNKNOWN;
    if (how == IDLE_RUNNABLE)
        return STATE_RAN;
    is->answer = futex >= (uintptr_t)state.gil && futex < (uintptr_t)state.gil + sizeof *state.gil ? STATE_CONTENDED : STATE_WAITING;
    return is->answer;
}

static enum state
state_of(const Listed *of, Thread *is, int64_t spent, int64_t elapsed, PyThreadState *holder)
{
    if (spent < 0)
        return holder == of->address ? STATE_RAN : STATE_UNKNOWN;
    if (spent > 0 && (holder == of->address || 2 * spent >= elapsed))
        return STATE_RAN;
    enum state idle = state_of_idle(is);
    if (idle == STATE_UNKNOWN)
        return holder == of->address ? STATE_RAN : STATE_WAITING;
    return idle;
}

/* What times of samples are multiples of: a fiftieth of the interval, in whole microseconds. */
static int64_t
step_ns(void)
{
    int64_t step = __atomic_load_n(&state.interval, __ATOMIC_RELAXED) / 50000 * 1000;
    return step > 1000 ? step : 1000;
}

static void
add_row(int64_t due, int64_t taken, const Thread *is, uint32_t node, enum state what, int64_t cpu)
{
    Batch *batch = &store.batch;
    if (!store_make_room(0, 0, 1, 0)) {
        store.lost++;
        return;
    }
    int64_t due_us = due / 1000, taken_us = taken / 1000, step_us = step_ns() / 1000;
    if (due_us > taken_us)
        due_us = taken_us;
    /* in steps, which a file holds in a third of the space; still in the order taken */
    taken_us = due_us + (taken_us - due_us + step_us / 2) / step_us * step_us;
    if (taken_us < state.last_row_us)
        taken_us = state.last_row_us;
    state.last_row_us = taken_us;
    if (taken_us - due_us > UINT16_MAX)
        due_us = taken_us - UINT16_MAX;
    if (batch->base_us < 0)
        batch->base_us = due_us;
    if (due_us < batch->base_us) /* a look out of turn may have come in between */
        due_us = batch->base_us;
    if (taken_us < due_us)
        taken_us = due_us;
    if (due_us - batch->base_us > UINT32_MAX) {
        store.lost++;
        return;
    }
    batch->rows[batch->row_count++] = (Row){
        .due_us = (uint32_t)(due_us - batch->base_us),
        .delay_us = (uint16_t)(taken_us - due_us),
        .thread_state = (uint16_t)((is - state.threads) | what << SLOT_BITS),
        .node = node,
        .cpu_ns = cpu < 0 ? NONE : cpu >= NONE ? NONE - 1 : (uint32_t)cpu,
    };
}

/* Rows are in the order in which they were taken. */
static int64_t
in_order(int64_t taken)
{
    if (taken < state.last_taken)
        taken = state.last_taken;
    return state.last_taken = taken;
}

/* Returns whether the thread could be read. */
static bool
look_at(const Listed *of, Thread *is, int64_t due, PyThreadState *holder)
{
    int64_t cpu, taken;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        int64_t begin = now_ns();
        cpu = thread_cpu_ns(is->native);
        if (cpu < 0 || !state.exact_clocks || cpu != is->walked_cpu) {
            is->walked_cpu = -1;
            is->answer = STATE_UNKNOWN;
            if (!walk_thread(of, is)) {
                state.torn++;
                return false;
            }
            is->walked_cpu = cpu;
        }
        /* where another program took our core in the middle, nobody knows at what moment this was seen */
        taken = now_ns();
        if (taken - begin < LONGEST_LOOK_NS * (1 + walk_count / 1000))
            break;
    }
    bool shown = is->node != NONE && (state.everyone || !store.nodes[is->node].outside);
    if (!shown && !is->active && !state.everyone) {
        is->cpu = cpu;
        is->taken = taken;
        return true;
    }
    taken = in_order(taken);
    int64_t ran = cpu >= 0 && is->cpu >= 0 ? cpu - is->cpu : -1;
    /* whole steps; what is over goes to the next row */
    int64_t spent = ran >= 0 ? ran / step_ns() * step_ns() : -1;
    enum state what = state_of(of, is, ran, taken - is->taken, holder);
    if (what == STATE_RAN)
        core_in_use(is->ident, is->native);
    add_row(due, taken, is, is->node, what, spent);
    is->active = shown;
    is->cpu = spent >= 0 ? is->cpu + spent : cpu;
    is->taken = taken;
    return true;
}

/* Looks at all threads once. The caller holds `state.lock`. */
static void
tick(int64_t due)
{
    guard_install();
    state.ticks++;
    if (!store_make_room(512, 64, 64, 65536)) {
        store.lost++;
        return;
    }
    volatile bool whole = false;
    for (volatile int attempt = 0; attempt < ATTEMPTS && !whole; attempt++) {
        if (sigsetjmp(guard.leave, 0) == 0) {
            guard_enter();
            whole = list_threads();
            guard_leave();
        }
        else
            state.faults++;
    }
    if (!whole) {
        state.torn++;
        state.unread++;
        return;
    }
    PyThreadState *holder = lock_holder(state.gil);
    bool any = listed_count == 0;
    for (int index = 0; index < listed_count; index++) {
        const Listed *of = &listed[index];
        if (excluded_place(of->ident) >= 0) {
            any = true;
            continue;
        }
        Thread *is = thread_of(of);
        if (is == NULL)
            continue;
        if (is->ident != of->ident || is->native != of->native) {
            /* right after it was made a thread state has the ids of the thread that made it */
            is->ident = of->ident;
            is->native = of->native;
            is->announced = false;
            is->walked_cpu = -1;
            is->cpu = thread_cpu_ns(of->native);
        }
        is->tick = state.ticks;
        is->ended = false;
        any |= look_at(of, is, due, holder);
    }
    state.unread = any ? 0 : state.unread + 1;
    for (int slot = 0; slot < state.thread_count; slot++) {
        Thread *is = &state.threads[slot];
        if (is->id == 0 || is->ended || is->tick == state.ticks)
            continue;
        if (is->active)
            add_row(due, in_order(now_ns()), is, NONE, STATE_WAITING, 0);
        is->active = false;
        is->ended = true;
    }
}

/* Reads the process as a whole if it is time to, what our own threads have used taken off. The caller holds `state.lock`. */
static void
read_process_if_due(int64_t now)
{
    if (!state.reads_process || process.interval == 0 || now < process.due)
        return;
    process.due = now / process.interval * process.interval + process.interval;
    int64_t own = clock_ns(CLOCK_THREAD_CPUTIME_ID) + __atomic_load_n(&state.earlier_cpu, __ATOMIC_RELAXED);
    for (int index = 0; index < listed_count; index++) {
        int place = excluded_place(listed[index].ident);
        if (place < 0)
            continue;
        int64_t cpu = thread_cpu_ns(listed[index].native);
        if (cpu > state.excluded_cpu[place])
            state.excluded_cpu[place] = cpu;
    }
    for (int place = 0; place < known_excluded(); place++)
        own += state.excluded_cpu[place];
    process_read(now_ns(), own);
}

/* -- the thread -------------------------------------------------------------------------------------------------------------- */

static void
sleep_until(int64_t due)
{
    pthread_mutex_lock(&state.sleep_lock);
    while (!state.stopping && !state.changed && now_ns() < due)
        wait_until(&state.wake, &state.sleep_lock, due + state.origin);
    pthread_mutex_unlock(&state.sleep_lock);
}

/* How many intervals there are from tick to tick. Where every core is busy a tick takes one from a program, and the next ones
 * come late; then there are fewer, one a millisecond at least, until it is calm again. */
typedef struct {
    int64_t stride, began;
    int64_t missed; /* ns without the ticks that were due, since then */
    int calm;       /* times in a row that hardly any was missed */
} Pace;

static int64_t
next_step(Pace *pace, int64_t interval, int64_t now)
{
    int64_t passed = now - pace->began;
    if (passed >= PACE_NS) {
        pace->calm = pace->missed < passed / 100 * CALM_PERCENT ? pace->calm + 1 : 0;
        if (pace->missed > passed / 100 * BUSY_PERCENT && 2 * pace->stride * interval <= SLOWEST_PACE_NS)
            pace->stride *= 2;
        else if (pace->calm >= CALM_ROUNDS && pace->stride > 1) {
            pace->stride /= 2;
            pace->calm = 0;
        }
        pace->began = now;
        pace->missed = 0;
    }
    return pace->stride * interval;
}

/* Between two ticks: the process as a whole, several times if ticks are further apart than that. */
static void
read_process_until(int64_t due, int64_t step)
{
    while (!state.stopping && !state.changed && !is_finalizing()) {
        pthread_mutex_lock(&state.lock);
        read_process_if_due(now_ns());
        int64_t next = state.reads_process && process.interval && process.interval < step ? process.due : due;
        pthread_mutex_unlock(&state.lock);
        if (next >= due)
            return;
        sleep_until(next);
    }
}

static void *
keep_time(void *nothing)
{
    state.own_files = settle_thread();
    __atomic_store_n(&state.reads_process, state.own_files && process_open(), __ATOMIC_RELEASE);
    core_begin();
    int64_t due = now_ns();
    Pace pace = {.stride = 1, .began = due};
    while (!state.stopping) {
        __atomic_store_n(&state.changed, false, __ATOMIC_SEQ_CST);
        int64_t interval = __atomic_load_n(&state.interval, __ATOMIC_SEQ_CST);
        int64_t step = next_step(&pace, interval, due);
        due = due / step * step + step;
        read_process_until(due, step);
        sleep_until(due);
        if (state.stopping || is_finalizing())
            break;
        if (state.changed) {
            due = now_ns();
            pace = (Pace){.stride = 1, .began = due};
            continue;
        }
        /* what is late is late: those that were due meanwhile are counted, never made up for */
        int64_t behind = (now_ns() - due) / step;
        if (behind > 0) {
            state.missed += (uint64_t)behind;
            due += behind * step;
            pace.missed += behind * step;
        }
        pthread_mutex_lock(&state.lock);
        tick(due);
        core_leave_to_program(due);
        state.lost = state.unread >= LOST_AFTER;
        pthread_mutex_unlock(&state.lock);
        if (state.lost)
            break;
    }
    __atomic_store_n(&state.reads_process, false, __ATOMIC_RELEASE);
    process_close();
    __atomic_add_fetch(&state.earlier_cpu, clock_ns(CLOCK_THREAD_CPUTIME_ID), __ATOMIC_RELAXED);
    return nothing;
}

/* NULL, or why there is no thread. */
static const char *
run(void)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    state.stopping = false;
    state.process = getpid();
    wake_init(&state.wake);
    sigfillset(&all);
    int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT};
    for (size_t index = 0; index < sizeof own / sizeof *own; index++)
        sigdelset(&all, own[index]);
    guard_install();
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&state.thread, &attributes, keep_time, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (error) {
        guard_uninstall();
        return "its thread could not be started";
    }
    state.running = true;
    return NULL;
}

/* Ends our thread; what has been collected stays. */
static void
halt(void)
{
    if (!state.running)
        return;
    state.running = false;
    if (state.process == getpid()) {
        pthread_mutex_lock(&state.sleep_lock);
        state.stopping = true;
        pthread_cond_signal(&state.wake);
        pthread_mutex_unlock(&state.sleep_lock);
        pthread_join(state.thread, NULL);
    }
    guard_uninstall();
}

/* -- self-test ----------------------------------------------------------------------------------------------------------------- */

/* Compares what is read without the interpreter's help with what it says; NULL, or what differs. */
static const char *
compare_own_stack(PyThreadState *thread)
{
    PyFrameObject *frame = PyThreadState_GetFrame(thread);
    const char *wrong = NULL;
    for (int index = 0; index < walk_count && !wrong; index++) {
        if (walk[index].number == NONE)
            continue;
        if (frame == NULL) {
            wrong = "a stack is shorter than it looks";
            break;
        }
        PyCodeObject *code = PyFrame_GetCode(frame);
        const Code *known = &store.codes[walk[index].number];
        if (code != walk[index].code || code->co_firstlineno != known->first_line || code->co_filename != known->file)
            wrong = "frames are not where they should be";
        else if (PyFrame_GetLasti(frame) != walk[index].instruction * (int)sizeof(_Py_CODEUNIT))
            wrong = "instructions are not where they should be";
        Py_DECREF(code);
        PyFrameObject *back = PyFrame_GetBack(frame);
        Py_DECREF(frame);
        frame = back;
    }
    if (frame != NULL && !wrong)
        wrong = "a stack is longer than it looks";
    Py_XDECREF(frame);
    return wrong;
}

static const char *
compare_own_thread(PyThreadState *own)
{
    bool found = false;
    for (int index = 0; index < listed_count; index++)
        if (listed[index].address == own)
            found = listed[index].ident == PyThread_get_thread_ident()
                && listed[index].native == PyThread_get_thread_native_id();
    if (!found)
        return "threads are not where they should be";
    if (lock_holder(state.gil) != own)
        return "the interpreter's lock is not where it should be";
    return NULL;
}

/* NULL, or why this interpreter cannot be sampled. With Python's lock held, while our thread does not run. */
static const char *
self_test(void)
{
    PyThreadState *own = PyThreadState_Get();
    if (Py_Version >> 16 != PY_VERSION_HEX >> 16)
        return "it was built for another version of Python";
    if (PyThreadState_GetInterpreter(own) != PyInterpreterState_Main())
        return "it samples the main interpreter only";
    const char *moved = moved_field();
    if (moved != NULL)
        return moved;
    state.interpreter = PyInterpreterState_Main();
    state.gil = lock_of_interpreter(state.interpreter);
    if (!is_address(state.gil))
        return "the interpreter's lock is not where it should be";

    if (!prepare_to_see_stores())
        return "this system cannot wait for what other cores have stored";
    const char *volatile wrong = "own stack cannot be read";
    guard_install();
    for (volatile int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (!store_make_room(512, 64, 64, 65536 + store.text_wanted)) {
            wrong = "there is no memory";
            break;
        }
        volatile enum outcome outcome = TORN;
        if (sigsetjmp(guard.leave, 0) == 0) {
            guard_enter();
            if (list_threads() && is_listed(own) && read_stack(own, false) == VERIFIED)
                outcome = find_codes();
            guard_leave();
        }
        if (outcome == NO_ROOM)
            continue;
        if (outcome == WHOLE) {
            wrong = compare_own_thread(own);
            if (!wrong)
                wrong = compare_own_stack(own);
        }
        break;
    }
    guard_uninstall();

    /* a clock that stands still while its thread runs, as in some sandboxes, cannot tell who has moved */
    unsigned long native = PyThread_get_thread_native_id();
    int64_t cpu = thread_cpu_ns(native), begin = clock_ns(PYTHON_CLOCK);
    while (clock_ns(PYTHON_CLOCK) < begin + 20000)
        ;
    int64_t spent = thread_cpu_ns(native) - cpu;
    state.exact_clocks = THREAD_CLOCKS_ARE_EXACT && cpu >= 0 && spent > 0 && spent < 5000000;
    return wrong;
}

/* -- for Python ------------------------------------------------------------------------------------------------------------------ */

static PyObject *SamplerError;

static void
clear_all(void)
{
    for (int slot = 0; slot < state.thread_count; slot++)
        forget(&state.threads[slot]);
    free(state.threads);
    state.threads = NULL;
    state.thread_count = 0;
    memset(state.near, 0, sizeof state.near);
    store_clear();
    process_forget();
    state.open = false;
}

static PyObject *
fail(const char *why)
{
    clear_all();
    PyErr_SetString(SamplerError, why);
    return NULL;
}

/* Our thread sleeps no longer for what it was to sleep for. */
static void
reconsider(void)
{
    if (!state.running)
        return;
    pthread_mutex_lock(&state.sleep_lock);
    state.changed = true;
    pthread_cond_signal(&state.wake);
    pthread_mutex_unlock(&state.sleep_lock);
}

PyDoc_STRVAR(start_doc, "start(origin_ns, interval_ns)\n--\n\n"
    "Tests that this interpreter can be sampled and begins; times count from the origin on the clock of time.perf_counter_ns.");

static PyObject *
sampler_start(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    long long origin, interval;
    if (!PyArg_ParseTuple(arguments, "LL", &origin, &interval))
        return NULL;
    if (state.open && state.process == getpid()) {
        PyErr_SetString(SamplerError, "it is running already");
        return NULL;
    }
    if (interval < 1000) {
        PyErr_SetString(SamplerError, "the interval is shorter than a microsecond");
        return NULL;
    }
    clear_all();
    state.origin = origin;
    state.interval = interval;
    state.earlier_cpu = state.last_taken = state.last_row_us = 0;
    state.excluded_count = 0;
    memset(state.excluded_cpu, 0, sizeof state.excluded_cpu);
    state.ticks = state.missed = state.torn = state.faults = state.unread = 0;
    state.lost = state.running = state.everyone = false;
    const char *wrong = self_test();
    if (wrong)
        return fail(wrong);
    state.open = true;
    wrong = run();
    if (wrong)
        return fail(wrong);
    Py_RETURN_NONE;
}

PyDoc_STRVAR(pause_doc, "pause()\n--\n\nEnds the thread and takes the signal handlers away; what was collected stays.");

static PyObject *
sampler_pause(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
    halt();
    Py_RETURN_NONE;
}

PyDoc_STRVAR(resume_doc, "resume()\n--\n\nGoes on after `pause`.");

static PyObject *
sampler_resume(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
    if (state.open && !state.running && !state.lost) {
        const char *wrong = run();
        if (wrong) {
            PyErr_SetString(SamplerError, wrong);
            return NULL;
        }
    }
    Py_RETURN_NONE;
}

PyDoc_STRVAR(stop_doc, "stop()\n--\n\nEnds and forgets everything: drain first.");

static PyObject *
sampler_stop(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
    halt();
    clear_all();
    Py_RETURN_NONE;
}

PyDoc_STRVAR(abandon_doc, "abandon()\n--\n\nIn a forked child, where the thread does not exist: forgets everything.");

static PyObject *
sampler_abandon(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
    pthread_mutex_init(&state.lock, NULL);
    pthread_mutex_init(&state.sleep_lock, NULL);
    if (state.running) {
        state.running = false;
        guard_uninstall();
    }
    clear_all();
    Py_RETURN_NONE;
}

PyDoc_STRVAR(observe_doc, "observe()\n--\n\nLooks now, on the calling thread.");

static PyObject *
sampler_observe(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
    if (state.open && state.running && !state.lost) {
        pthread_mutex_lock(&state.lock);
        tick(now_ns());
        pthread_mutex_unlock(&state.lock);
    }
    Py_RETURN_NONE;
}

PyDoc_STRVAR(exclude_doc, "exclude(ident)\n--\n\nFrom now on the thread is not looked at.");

static PyObject *
sampler_exclude(PyObject *Py_UNUSED(module), PyObject *argument)
{
    unsigned long ident = PyLong_AsUnsignedLong(argument);
    if (PyErr_Occurred())
        return NULL;
    pthread_mutex_lock(&state.lock);
    if (excluded_place(ident) < 0) {
        int place = state.excluded_count++ % MOST_EXCLUDED;
        state.excluded[place] = ident;
        state.excluded_cpu[place] = 0;
    }
    pthread_mutex_unlock(&state.lock);
    Py_RETURN_NONE;
}

PyDoc_STRVAR(set_interval_doc, "set_interval(nanoseconds)\n--\n\nChanges the time between ticks.");

static PyObject *
sampler_set_interval(PyObject *Py_UNUSED(module), PyObject *argument)
{
    long long interval = PyLong_AsLongLong(argument);
    if (PyErr_Occurred())
        return NULL;
    if (interval < 1000) {
        PyErr_SetString(SamplerError, "the interval is shorter than a microsecond");
        return NULL;
    }
    __atomic_store_n(&state.interval, (int64_t)interval, __ATOMIC_SEQ_CST);
    reconsider();
    Py_RETURN_NONE;
}

PyDoc_STRVAR(read_process_doc, "read_process(nanoseconds, dict, dict, dict)\n--\n\n"
    "From now on reads the process as a whole at this interval, with the sizes of the dicts. Whether it can is told by `reads_process`.");

static PyObject *
sampler_read_process(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    long long interval;
    PyObject *dicts[SIZES];
    if (!PyArg_ParseTuple(arguments, "LO!O!O!", &interval, &PyDict_Type, &dicts[0], &PyDict_Type, &dicts[1], &PyDict_Type, &dicts[2]))
        return NULL;
    if (interval < 1000000) {
        PyErr_SetString(SamplerError, "the interval between readings is shorter than a millisecond");
        return NULL;
    }
    for (int index = 0; index < SIZES; index++)
        Py_INCREF(dicts[index]);
    pthread_mutex_lock(&state.lock);
    process.interval = interval;
    process.due = now_ns() / interval * interval + interval;
    for (int index = 0; index < SIZES; index++) {
        PyObject *before = process.dicts[index];
        process.dicts[index] = dicts[index];
        dicts[index] = before;
    }
    pthread_mutex_unlock(&state.lock);
    for (int index = 0; index < SIZES; index++)
        Py_XDECREF(dicts[index]);
    reconsider();
    Py_RETURN_NONE;
}

PyDoc_STRVAR(reads_process_doc, "reads_process()\n--\n\nWhether the process as a whole is read here.");

static PyObject *
sampler_reads_process(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
    return PyBool_FromLong(__atomic_load_n(&state.reads_process, __ATOMIC_ACQUIRE));
}

PyDoc_STRVAR(mark_outside_doc, "mark_outside(nodes)\n--\n\n"
    "Threads whose stack is one of these nodes (32-bit numbers) get no more rows, but for the one that says so.");

static PyObject *
sampler_mark_outside(PyObject *Py_UNUSED(module), PyObject *argument)
{
    Py_buffer nodes;
    if (PyObject_GetBuffer(argument, &nodes, PyBUF_SIMPLE))
        return NULL;
    pthread_mutex_lock(&state.lock);
    for (Py_ssize_t at = 0; at + 4 <= nodes.len; at += 4) {
        uint32_t node;
        memcpy(&node, (char *)nodes.buf + at, 4);
        if (node < store.node_count)
            store.nodes[node].outside = 1;
    }
    pthread_mutex_unlock(&state.lock);
    PyBuffer_Release(&nodes);
    Py_RETURN_NONE;
}

PyDoc_STRVAR(show_everyone_doc, "show_everyone(yes)\n--\n\nWhether threads outside the user's code get rows, too.");

static PyObject *
sampler_show_everyone(PyObject *Py_UNUSED(module), PyObject *argument)
{
    int yes = PyObject_IsTrue(argument);
    if (yes < 0)
        return NULL;
    pthread_mutex_lock(&state.lock);
    state.everyone = yes;
    pthread_mutex_unlock(&state.lock);
    Py_RETURN_NONE;
}

PyDoc_STRVAR(counters_doc, "counters()\n--\n\n"
    "Ticks, missed, torn, faults, rows that found no memory, CPU time of the thread in ns, and whether it lost its way.");

static PyObject *
sampler_counters(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
    int64_t cpu = __atomic_load_n(&state.earlier_cpu, __ATOMIC_RELAXED);
    if (state.running && !state.lost) {
        int64_t now = own_thread_cpu_ns(state.thread);
        cpu += now > 0 ? now : 0;
    }
    return Py_BuildValue("(KKKKKLO)", (unsigned long long)state.ticks, (unsigned long long)state.missed,
                         (unsigned long long)state.torn, (unsigned long long)state.faults,
                         (unsigned long long)store.lost, (long long)cpu, state.lost ? Py_True : Py_False);
}

static int
varint(const uint8_t *table, uint32_t size, uint32_t *at)
{
    int value = 0, shift = 0;
    while (*at < size) {
        uint8_t byte = table[(*at)++];
        value |= (byte & 63) << shift;
        shift += 6;
        if (!(byte & 64) || shift > 24)
            break;
    }
    return value;
}

/* The line of every code unit, 0 where there is none: see "Location information" in CPython's InternalDocs. */
static PyObject *
lines_of(const TextHead *head, const uint8_t *table)
{
    PyObject *lines = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)head->units * 4);
    if (lines == NULL)
        return NULL;
    char *out = PyBytes_AS_STRING(lines);
    memset(out, 0, (size_t)head->units * 4);
    int32_t line = head->first_line, unit = 0;
    uint32_t at = 0;
    while (at < head->table_length && unit < head->units) {
        uint8_t first = table[at++];
        int kind = first >> 3 & 15, length = (first & 7) + 1;
        int32_t shown = 0;
        if (kind == 13 || kind == 14) { /* a signed change of line; in the long form end and columns follow */
            unsigned int change = (unsigned int)varint(table, head->table_length, &at);
            line += change & 1 ? -(int32_t)(change >> 1) : (int32_t)(change >> 1);
        }
        else if (kind >= 10 && kind <= 12)
            line += kind - 10;
        if (kind != 15)
            shown = line;
        while (at < head->table_length && !(table[at] & 128))
            at++;
        for (; length > 0 && unit < head->units; length--, unit++)
            memcpy(out + (size_t)unit * 4, &shown, 4);
    }
    return lines;
}

static PyObject *
described(char *text, const TextHead *head)
{
    char *file = text + sizeof *head;
    char *name = file + (size_t)head->file_length * head->file_kind;
    char *module = name + (size_t)head->name_length * head->name_kind;
    char *table = module + (size_t)head->module_length * head->module_kind;
    char *instructions = table + head->table_length;
    Py_ssize_t length = (Py_ssize_t)head->units * (Py_ssize_t)sizeof(_Py_CODEUNIT);
    PyObject *file_text = PyUnicode_FromKindAndData(head->file_kind, file, head->file_length);
    PyObject *name_text = PyUnicode_FromKindAndData(head->name_kind, name, head->name_length);
    PyObject *module_text = PyUnicode_FromKindAndData(head->module_kind ? head->module_kind : 1, module, head->module_length);
    PyObject *lines = lines_of(head, (const uint8_t *)table);
    bool plain = plain_instructions((uint8_t *)instructions, head->units);
    PyObject *result = NULL;
    if (file_text && name_text && module_text && lines)
        result = Py_BuildValue("(OOOiny#y#OK)", module_text, file_text, name_text, (int)head->first_line, length,
                               plain ? instructions : NULL, length, table, (Py_ssize_t)head->table_length, lines,
                               (unsigned long long)(uintptr_t)head->globals);
    Py_XDECREF(file_text);
    Py_XDECREF(name_text);
    Py_XDECREF(module_text);
    Py_XDECREF(lines);
    return result;
}

static PyObject *
descriptions(const Batch *batch)
{
    PyObject *list = PyList_New(0);
    for (size_t at = 0; list != NULL && at < batch->text_size;) {
        TextHead head;
        memcpy(&head, batch->texts + at, sizeof head);
        PyObject *one = described(batch->texts + at, &head);
        if (one == NULL || PyList_Append(list, one))
            Py_CLEAR(list);
        Py_XDECREF(one);
        at += (sizeof head + (size_t)head.file_length * head.file_kind + (size_t)head.name_length * head.name_kind
               + (size_t)head.module_length * head.module_kind + head.table_length + (size_t)head.units * sizeof(_Py_CODEUNIT) + 7) & ~(size_t)7;
    }
    return list;
}

typedef struct {
    int slot;
    uint64_t id;
    unsigned long ident, native;
} Announced;

static PyObject *
announcements(const Announced *threads, int count)
{
    PyObject *list = PyList_New(0);
    for (int index = 0; list != NULL && index < count; index++) {
        const Announced *is = &threads[index];
        PyObject *one = Py_BuildValue("(iKkk)", is->slot, (unsigned long long)is->id, is->ident, is->native);
        if (one == NULL || PyList_Append(list, one))
            Py_CLEAR(list);
        Py_XDECREF(one);
    }
    return list;
}

PyDoc_STRVAR(drain_doc, "drain()\n--\n\n"
    "Hands over what is new: (base of the rows in µs, rows, nodes, codes, threads, readings).\n\n"
    "rows: 16 bytes each: due u32 (µs from the base), delay u16 (µs), slot (14 bits) and state u16, node u32, CPU ns u32.\n"
    "nodes: 12 bytes each: parent u32, code u32, instruction i32 in bytes; numbered on from the last time.\n"
    "codes: (module of the function or \"\", file, qualified name, first line, length in bytes, instructions or None if traced, line table, line of each\n"
    "code unit as i32, address of the globals); numbered on. threads: (slot, id, ident, native id).\n"
    "readings: i64 each: time, CPU without our own, busy time of all cores, in ns; bytes of memory; sizes of the three dicts.");

static PyObject *
sampler_drain(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
    if (!state.open) {
        PyErr_SetString(SamplerError, "it is not running");
        return NULL;
    }
    /* nothing of Python's while our lock is held: an object made could run anything, and wait for either lock */
    pthread_mutex_lock(&state.lock);
    uint32_t first = store.nodes_handed_over, node_count = store.node_count - first;
    char *node_bytes = malloc((size_t)node_count * 12 + 1);
    Announced *new_threads = malloc(sizeof(Announced) * ((size_t)state.thread_count + 1));
    Reading *readings = malloc(sizeof(Reading) * ((size_t)process.count + 1));
    if (node_bytes == NULL || new_threads == NULL || readings == NULL) {
        pthread_mutex_unlock(&state.lock);
        free(node_bytes);
        free(new_threads);
        free(readings);
        return PyErr_NoMemory();
    }
    char *out = node_bytes;
    for (uint32_t node = first; node < store.node_count; node++, out += 12) {
        int32_t bytes = store.nodes[node].instruction * (int32_t)sizeof(_Py_CODEUNIT);
        memcpy(out, &store.nodes[node], 8);
        memcpy(out + 8, &bytes, 4);
    }
    store.nodes_handed_over = store.node_count;
    Batch batch = store.batch;
    memset(&store.batch, 0, sizeof store.batch);
    store.batch.base_us = -1;
    int reading_count = process.count;
    if (reading_count)
        memcpy(readings, process.readings, (size_t)reading_count * sizeof(Reading));
    process.count = 0;
    int thread_count = 0;
    for (int slot = 0; slot < state.thread_count; slot++) {
        Thread *is = &state.threads[slot];
        if (is->id == 0)
            continue;
        if (!is->announced)
            new_threads[thread_count++] = (Announced){slot, is->id, is->ident, is->native};
        is->announced = true;
        if (is->ended) /* its last row is in this batch: from the next one on its slot may be another's */
            forget(is);
    }
    pthread_mutex_unlock(&state.lock);

    PyObject *rows = PyBytes_FromStringAndSize((char *)batch.rows, (Py_ssize_t)(batch.row_count * sizeof(Row)));
    PyObject *nodes = PyBytes_FromStringAndSize(node_bytes, (Py_ssize_t)node_count * 12);
    PyObject *codes = descriptions(&batch);
    PyObject *threads = announcements(new_threads, thread_count);
    PyObject *process_rows = PyBytes_FromStringAndSize((char *)readings, (Py_ssize_t)((size_t)reading_count * sizeof(Reading)));
    PyObject *result = NULL;
    if (rows && nodes && codes && threads && process_rows)
        result = Py_BuildValue("(LOOOOO)", (long long)batch.base_us, rows, nodes, codes, threads, process_rows);
    batch_clear(&batch);
    free(node_bytes);
    free(new_threads);
    free(readings);
    Py_XDECREF(process_rows);
    Py_XDECREF(rows);
    Py_XDECREF(nodes);
    Py_XDECREF(codes);
    Py_XDECREF(threads);
    return result;
}

static PyMethodDef methods[] = {
    {"start", sampler_start, METH_VARARGS, start_doc},
    {"pause", sampler_pause, METH_NOARGS, pause_doc},
    {"resume", sampler_resume, METH_NOARGS, resume_doc},
    {"stop", sampler_stop, METH_NOARGS, stop_doc},
    {"abandon", sampler_abandon, METH_NOARGS, abandon_doc},
    {"observe", sampler_observe, METH_NOARGS, observe_doc},
    {"exclude", sampler_exclude, METH_O, exclude_doc},
    {"set_interval", sampler_set_interval, METH_O, set_interval_doc},
    {"read_process", sampler_read_process, METH_VARARGS, read_process_doc},
    {"reads_process", sampler_reads_process, METH_NOARGS, reads_process_doc},
    {"mark_outside", sampler_mark_outside, METH_O, mark_outside_doc},
    {"show_everyone", sampler_show_everyone, METH_O, show_everyone_doc},
    {"counters", sampler_counters, METH_NOARGS, counters_doc},
    {"drain", sampler_drain, METH_NOARGS, drain_doc},
    {"grow", sampler_grow, METH_VARARGS, grow_doc},
    {NULL, NULL, 0, NULL},
};

static int
sampler_exec(PyObject *module)
{
    if (SamplerError == NULL)
        SamplerError = PyErr_NewExceptionWithDoc("microlog_nb.capture._sampler.SamplerError",
                                                 "This interpreter cannot be sampled; the message says why.", NULL, NULL);
    if (SamplerError == NULL)
        return -1;
    return PyModule_AddObjectRef(module, "SamplerError", SamplerError);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)sampler_exec},
#ifdef Py_mod_multiple_interpreters
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_sampler",
    .m_doc = "Samples the stacks of all threads of the main interpreter, without its lock.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__sampler(void)
{
    return PyModuleDef_Init(&definition);
}
