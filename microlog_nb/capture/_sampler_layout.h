/* How CPython lays out threads, frames, code objects and its lock: all that differs between versions is here.
 *
 *                          3.11, 3.12                      3.13                    3.14, 3.15
 *   top frame              tstate->cframe->current_frame   tstate->current_frame   same
 *   code object            f_code                          f_executable            f_executable, its low bits are flags
 *   instruction            prev_instr                      instr_ptr               same
 *   frames without code    3.12: the C stack's             the C stack's           also the interpreter's
 *   a stack's last frame   3.11: not a generator's         the C stack's           3.14: one without code
 *                          3.12: the C stack's                                     3.15: tstate->base_frame
 *
 * The structs come from the interpreter's internal headers, so one binary serves one minor version. Tried on 3.11.7,
 * 3.12.1, 3.13.0, 3.14.10 and 3.15.2 on Linux x86-64. Patch releases have moved fields: `self_test` compares what is read
 * here with what the interpreter says, and nothing is sampled unless they agree.
 *
 * Every read of foreign memory goes through LOAD: the compiler may neither repeat nor reorder it.
 */

#ifndef MICROLOG_SAMPLER_LAYOUT_H
#define MICROLOG_SAMPLER_LAYOUT_H

#ifndef Py_BUILD_CORE
#define Py_BUILD_CORE 1
#endif
#define PY_SSIZE_T_CLEAN

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#include <Python.h>

#ifdef Py_GIL_DISABLED
#error "the native sampler is not built for free-threaded interpreters"
#endif
#if !defined(__linux__) && !defined(__APPLE__)
#error "the native sampler is built for Linux and macOS only"
#endif
#if PY_VERSION_HEX < 0x030B0000 || PY_VERSION_HEX >= 0x03100000
#error "the native sampler knows the frames of CPython 3.11 to 3.15 only"
#endif
#ifdef Py_STACKREF_DEBUG
#error "the native sampler does not know the references that Py_STACKREF_DEBUG makes"
#endif

/* Which instruction a specialised one stands for, and how many units of cache follow each: 3.15 exports the tables. */
#if PY_VERSION_HEX >= 0x030F0000
#include <internal/pycore_opcode_metadata.h>
#else
#pragma GCC visibility push(hidden)
#if PY_VERSION_HEX < 0x030D0000
#define NEED_OPCODE_TABLES
#include <opcode.h>
#include <internal/pycore_opcode.h>
#undef NEED_OPCODE_TABLES
#else
#define NEED_OPCODE_METADATA
#include <internal/pycore_opcode_metadata.h>
#undef NEED_OPCODE_METADATA
#endif
#pragma GCC visibility pop
#endif

#include <internal/pycore_code.h>
#include <internal/pycore_frame.h>
#if PY_VERSION_HEX >= 0x030E0000
#include <internal/pycore_interpframe.h>
#endif
#include <internal/pycore_interp.h>
#include <internal/pycore_runtime.h>
#pragma GCC diagnostic pop

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LONGEST_TEXT 65536 /* characters of a file or a name; what is longer is no name */

#define LOAD(lvalue) __atomic_load_n(&(lvalue), __ATOMIC_ACQUIRE)

typedef _PyInterpreterFrame Frame;

/* What can be an address of an object: aligned, and in the half of the address space that is the process's. */
static inline bool
is_address(const void *pointer)
{
    uintptr_t value = (uintptr_t)pointer;
    return value >= 4096 && (value & 7) == 0 && value < ((uintptr_t)1 << 56);
}

/* Where a thread's stack is hung up.
 *
 * 3.11 and 3.12 keep a record of every piece of the C stack that runs Python, and enter it in the thread before they write
 * its top frame: in between that is whatever was there on the C stack, a frame of long ago as likely as not. A thread that
 * loses its core at that moment stays so for milliseconds, and nothing about the frame changes. But the frames of a record
 * stand on the top frame of the record before, `below`: a stack that does not pass it is none. Then the thread's stack is
 * still that of `below`.
 */
typedef struct {
    void *record;
    Frame *top, *below;
} Hook;

static inline bool
read_hook(PyThreadState *thread, Hook *hook)
{
    hook->record = NULL;
    hook->below = NULL;
#if PY_VERSION_HEX < 0x030D0000
    _PyCFrame *record = LOAD(thread->cframe);
    if (!is_address(record))
        return false;
    hook->record = record;
    hook->top = LOAD(record->current_frame);
    _PyCFrame *before = LOAD(record->previous);
    if (before == NULL) /* the thread's own; no frame is needed */
        return true;
    if (!is_address(before))
        return false;
    hook->below = LOAD(before->current_frame);
#else
    hook->top = LOAD(thread->current_frame);
#endif
    return true;
}

/* Whether a thread without a top frame runs no Python. In 3.11 and 3.12 one that enters a frame has none for a moment. */
static inline bool
may_have_no_frame(PyThreadState *thread)
{
#if PY_VERSION_HEX < 0x030D0000
    return LOAD(thread->cframe) == &thread->root_cframe;
#else
    (void)thread;
    return true;
#endif
}

#if PY_VERSION_HEX >= 0x030E0000
/* The object that a reference of a frame's leads to: its low bits say who counts it. */
#define LOAD_REFERENCE(reference) ((PyObject *)(LOAD((reference).bits) & ~(uintptr_t)7))
#else
#define LOAD_REFERENCE(reference) ((PyObject *)LOAD(reference))
#endif

static inline PyCodeObject *
frame_code(Frame *frame)
{
#if PY_VERSION_HEX < 0x030D0000
    return LOAD(frame->f_code);
#else
    return (PyCodeObject *)LOAD_REFERENCE(frame->f_executable);
#endif
}

static inline char *
frame_instruction(Frame *frame)
{
#if PY_VERSION_HEX < 0x030D0000
    return (char *)LOAD(frame->prev_instr);
#else
    return (char *)LOAD(frame->instr_ptr);
#endif
}

/* The function that the frame runs, if it is one. */
static inline PyObject *
frame_function(Frame *frame)
{
#if PY_VERSION_HEX < 0x030C0000
    return (PyObject *)LOAD(frame->f_func);
#else
    return LOAD_REFERENCE(frame->f_funcobj);
#endif
}

/* Owners of frames from this one on run no code: such a frame stands for a piece of the C stack. */
#if PY_VERSION_HEX < 0x030C0000
#define FIRST_OWNER_WITHOUT_CODE (FRAME_OWNED_BY_FRAME_OBJECT + 1)
#define LAST_OWNER FRAME_OWNED_BY_FRAME_OBJECT
#elif PY_VERSION_HEX < 0x030E0000
#define FIRST_OWNER_WITHOUT_CODE FRAME_OWNED_BY_CSTACK
#define LAST_OWNER FRAME_OWNED_BY_CSTACK
#elif PY_VERSION_HEX < 0x030F0000
#define FIRST_OWNER_WITHOUT_CODE FRAME_OWNED_BY_INTERPRETER
#define LAST_OWNER FRAME_OWNED_BY_CSTACK
#else
#define FIRST_OWNER_WITHOUT_CODE FRAME_OWNED_BY_INTERPRETER
#define LAST_OWNER FRAME_OWNED_BY_INTERPRETER
#endif

static inline bool
owner_has_no_code(int owner)
{
    return owner >= (int)FIRST_OWNER_WITHOUT_CODE;
}

static inline bool
owner_is_known(int owner)
{
    return owner >= 0 && owner <= (int)LAST_OWNER;
}

/* Whether the thread's stack may end with this frame; if it may not, part of the stack was not seen. */
static inline bool
may_be_last(PyThreadState *thread, Frame *frame, int owner)
{
#if PY_VERSION_HEX < 0x030C0000
    (void)thread, (void)frame;
    return owner != FRAME_OWNED_BY_GENERATOR;
#elif PY_VERSION_HEX < 0x030F0000
    (void)thread, (void)frame;
    return owner_has_no_code(owner);
#else
    return owner_has_no_code(owner) && frame == LOAD(thread->base_frame);
#endif
}

#if PY_VERSION_HEX < 0x030C0000
/* What a str says, as a number; of what is none that we can read, 0. */
static inline uint32_t
text_digest(PyObject *text)
{
    if (!is_address(text) || LOAD(text->ob_type) != &PyUnicode_Type)
        return 0;
    PyASCIIObject head; /* a copy: what is checked is what is used */
    memcpy(&head, text, sizeof head);
    if (!head.state.compact || head.length < 0 || head.length > LONGEST_TEXT)
        return 0;
    const char *at = (char *)text + (head.state.ascii ? sizeof(PyASCIIObject) : sizeof(PyCompactUnicodeObject));
    uint64_t digest = head.state.kind;
    for (size_t left = (size_t)head.length * head.state.kind; left > 0;) {
        uint64_t word = 0;
        size_t size = left < sizeof word ? left : sizeof word;
        memcpy(&word, at, size);
        digest = (digest ^ word) * 0x9e3779b97f4a7c15u;
        digest ^= digest >> 29;
        at += size;
        left -= size;
    }
    return (uint32_t)(digest >> 16);
}
#endif

/* Tells a code object from another at its address. 3.11 counts no versions: memory that is freed and taken again in the
 * same order gives the next one's texts the addresses of the last one's, so what they say must be looked at. */
static inline uint32_t
code_version(PyCodeObject *code)
{
#if PY_VERSION_HEX < 0x030C0000
    return text_digest(LOAD(code->co_filename)) * 31 + text_digest(LOAD(code->co_qualname));
#else
    return LOAD(code->co_version);
#endif
}

static inline struct _gil_runtime_state *
lock_of_interpreter(PyInterpreterState *interpreter)
{
#if PY_VERSION_HEX < 0x030C0000
    (void)interpreter;
    return &_PyRuntime.ceval.gil;
#else
    return LOAD(interpreter->ceval.gil);
#endif
}

/* The thread that holds the interpreter's lock, or NULL. */
static inline PyThreadState *
lock_holder(struct _gil_runtime_state *lock)
{
    /* structs of one atomic value in 3.11 and 3.12, plain values in 3.13 */
    if (__atomic_load_n((int *)(void *)&lock->locked, __ATOMIC_ACQUIRE) != 1)
        return NULL;
    return (PyThreadState *)__atomic_load_n((uintptr_t *)(void *)&lock->last_holder, __ATOMIC_ACQUIRE);
}

/* Makes of instructions as they run, specialised and with caches in between, what `co_code` shows. False: they are traced. */
static inline bool
plain_instructions(uint8_t *bytes, int32_t units)
{
    for (int32_t unit = 0; unit < units; unit++) {
        uint8_t operation = bytes[2 * unit];
#ifdef MIN_INSTRUMENTED_OPCODE
        if (operation >= MIN_INSTRUMENTED_OPCODE)
            return false;
#endif
        operation = _PyOpcode_Deopt[operation];
        bytes[2 * unit] = operation;
        for (int caches = _PyOpcode_Caches[operation]; caches > 0 && unit + 1 < units; caches--) {
            unit++;
            bytes[2 * unit] = bytes[2 * unit + 1] = 0;
        }
    }
    return true;
}

static inline bool
is_finalizing(void)
{
#if PY_VERSION_HEX < 0x030D0000
    return _Py_IsFinalizing();
#else
    return Py_IsFinalizing();
#endif
}

/* From 3.13 on the interpreter publishes where its fields are; NULL, or the first that is not where our headers say. */
static inline const char *
moved_field(void)
{
#if PY_VERSION_HEX >= 0x030D0000
    const _Py_DebugOffsets *is = &_PyRuntime.debug_offsets;
#define CHECK(table, field, type, member) \
    if (is->table.field != offsetof(type, member)) \
        return "in this interpreter the field " #member " of " #type " has moved";
    CHECK(interpreter_state, threads_head, PyInterpreterState, threads.head)
    CHECK(interpreter_state, ceval_gil, PyInterpreterState, ceval.gil)
    CHECK(interpreter_state, gil_runtime_state_locked, PyInterpreterState, _gil.locked)
    CHECK(interpreter_state, gil_runtime_state_holder, PyInterpreterState, _gil.last_holder)
    CHECK(thread_state, prev, PyThreadState, prev)
    CHECK(thread_state, next, PyThreadState, next)
    CHECK(thread_state, interp, PyThreadState, interp)
    CHECK(thread_state, current_frame, PyThreadState, current_frame)
    CHECK(thread_state, thread_id, PyThreadState, thread_id)
#if PY_VERSION_HEX >= 0x030F0000
    CHECK(thread_state, base_frame, PyThreadState, base_frame)
#endif
    CHECK(thread_state, native_thread_id, PyThreadState, native_thread_id)
    CHECK(interpreter_frame, previous, _PyInterpreterFrame, previous)
    CHECK(interpreter_frame, executable, _PyInterpreterFrame, f_executable)
    CHECK(interpreter_frame, instr_ptr, _PyInterpreterFrame, instr_ptr)
    CHECK(interpreter_frame, owner, _PyInterpreterFrame, owner)
    CHECK(code_object, filename, PyCodeObject, co_filename)
    CHECK(code_object, qualname, PyCodeObject, co_qualname)
    CHECK(code_object, linetable, PyCodeObject, co_linetable)
    CHECK(code_object, firstlineno, PyCodeObject, co_firstlineno)
    CHECK(code_object, co_code_adaptive, PyCodeObject, co_code_adaptive)
#undef CHECK
#endif
    return NULL;
}

#endif
