/* What the sampler has collected and not yet handed over, and the tables that stay while it runs.
 *
 *   rows      one observation of one thread, 16 bytes                  -> handed over
 *   texts     of code objects seen for the first time: names, line table -> handed over
 *   codes     identity of every code object seen, found by its address     stays
 *   nodes     prefix tree of stacks: (parent, code, instruction)             stays; the new ones are handed over
 *   edges     which (caller, instruction, callee) have been verified           stays
 *
 * Memory is taken by `store_make_room`, outside the guard only. Not thread-safe: the caller holds the lock of the sampler.
 */

#ifndef MICROLOG_SAMPLER_STORE_H
#define MICROLOG_SAMPLER_STORE_H

#include "_sampler_layout.h"
#include "_sampler_platform.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX
#define LONGEST_TABLE (16 << 20)

enum state { STATE_UNKNOWN, STATE_RAN, STATE_WAITING, STATE_CONTENDED };

typedef struct {
    uint32_t due_us;       /* from the base of its batch */
    uint16_t delay_us;
    uint16_t thread_state; /* slot of the thread, and in the upper two bits its state */
    uint32_t node;         /* NONE: no Python frame */
    uint32_t cpu_ns;       /* since the thread's row before; NONE if unknown */
} Row;

#define SLOT_BITS 14
#define SLOTS (1 << SLOT_BITS)

typedef struct {
    PyCodeObject *address;
    PyObject *file, *name, *table;
    int32_t first_line;
    uint32_t version;
    int32_t units;       /* length in code units */
    int32_t traceable;   /* first unit whose frame CPython shows */
} Code;

typedef struct {
    uint32_t parent, code;
    int32_t instruction; /* in code units; -1 before the first */
    uint32_t outside;    /* Python said that no part of this stack is the user's */
} Node;

/* Before the texts of one code object: raw characters of the file, the name and the function's module,
 * the line table, the instructions. */
typedef struct {
    uint32_t code;
    int32_t units, first_line;
    uint32_t file_length, name_length, module_length, table_length; /* in characters and bytes */
    uint8_t file_kind, name_kind, module_kind;                      /* bytes a character */
    PyObject *globals;                               /* an address only: it may be gone */
} TextHead;

typedef struct {
    int64_t base_us; /* -1: no row yet */
    Row *rows;
    size_t row_count, row_room;
    char *texts;
    size_t text_size, text_room;
} Batch;

static struct {
    Batch batch;
    Code *codes;
    uint32_t code_count, code_room;
    uint32_t *code_slots; /* number + 1, by address */
    uint32_t code_mask;
    Node *nodes;
    uint32_t node_count, node_room, nodes_handed_over;
    uint32_t *node_slots; /* number + 1 */
    uint32_t node_mask;
    uint64_t *edges; /* 0: free */
    uint64_t edge_mask, edge_count;
    size_t text_wanted; /* what the last code object did not find */
    uint64_t lost;      /* rows that found no memory */
} store;

static inline uint64_t
mix(uint64_t value)
{
    value ^= value >> 32;
    value *= 0xd6e8feb86659fd93u;
    value ^= value >> 32;
    value *= 0xd6e8feb86659fd93u;
    value ^= value >> 32;
    return value;
}

static inline uint64_t
mix3(uint32_t a, uint32_t b, uint32_t c)
{
    return mix(mix((uint64_t)a << 32 | b) ^ (uint64_t)c * 0x9e3779b97f4a7c15u);
}

static bool
grow(void **array, size_t size, size_t room)
{
    void *larger = realloc(*array, size * room);
    if (larger == NULL)
        return false;
    *array = larger;
    return true;
}

static void
place_codes(void)
{
    memset(store.code_slots, 0, ((size_t)store.code_mask + 1) * sizeof *store.code_slots);
    for (uint32_t code = 0; code < store.code_count; code++) {
        uint64_t at = mix((uintptr_t)store.codes[code].address) & store.code_mask;
        while (store.code_slots[at] && store.codes[store.code_slots[at] - 1].address != store.codes[code].address)
            at = (at + 1) & store.code_mask;
        store.code_slots[at] = code + 1; /* of two at one address the later one is alive */
    }
}

static void
place_nodes(void)
{
    memset(store.node_slots, 0, ((size_t)store.node_mask + 1) * sizeof *store.node_slots);
    for (uint32_t node = 0; node < store.node_count; node++) {
        const Node *is = &store.nodes[node];
        uint64_t at = mix3(is->parent, is->code, (uint32_t)is->instruction) & store.node_mask;
        while (store.node_slots[at])
            at = (at + 1) & store.node_mask;
        store.node_slots[at] = node + 1;
    }
}

/* Room for this many more codes, nodes, edges, rows and text bytes. False: no memory, what is there stays as it is. */
static bool
store_make_room(uint32_t codes, uint32_t nodes, uint32_t rows, size_t texts)
{
    Batch *batch = &store.batch;
    if (store.code_room - store.code_count < codes) {
        uint32_t room = 2 * (store.code_room + codes);
        if (!grow((void **)&store.codes, sizeof(Code), room))
            return false;
        store.code_room = room;
    }
    if (store.code_slots == NULL || (uint64_t)2 * (store.code_count + codes) > store.code_mask) {
        uint32_t size = 1024;
        while (size < 4 * (uint64_t)(store.code_count + codes))
            size *= 2;
        if (!grow((void **)&store.code_slots, sizeof(uint32_t), size))
            return false;
        store.code_mask = size - 1;
        place_codes();
    }
    if (store.node_room - store.node_count < nodes) {
        uint32_t room = store.node_room + store.node_room / 2 + nodes;
        if (!grow((void **)&store.nodes, sizeof(Node), room))
            return false;
        store.node_room = room;
    }
    if (store.node_slots == NULL || (uint64_t)2 * (store.node_count + nodes) > store.node_mask) {
        uint64_t size = 4096;
        while (size < 4 * ((uint64_t)store.node_count + nodes))
            size *= 2;
        if (size > UINT32_MAX || !grow((void **)&store.node_slots, sizeof(uint32_t), size))
            return false;
        store.node_mask = (uint32_t)(size - 1);
        place_nodes();
    }
    if (store.edges == NULL || 2 * (store.edge_count + nodes) > store.edge_mask) {
        uint64_t size = 4096;
        while (size < 4 * (store.edge_count + nodes))
            size *= 2;
        uint64_t *larger = calloc(size, sizeof *larger);
        if (larger == NULL)
            return false;
        for (uint64_t old = 0; store.edges && old <= store.edge_mask; old++) {
            if (store.edges[old] == 0)
                continue;
            uint64_t at = store.edges[old] & (size - 1);
            while (larger[at])
                at = (at + 1) & (size - 1);
            larger[at] = store.edges[old];
        }
        free(store.edges);
        store.edges = larger;
        store.edge_mask = size - 1;
    }
    if (batch->row_room - batch->row_count < rows) {
        size_t room = batch->row_room + batch->row_room / 2 + rows + 1024;
        if (!grow((void **)&batch->rows, sizeof(Row), room))
            return false;
        batch->row_room = room;
    }
    if (batch->text_room - batch->text_size < texts) {
        size_t room = batch->text_room + batch->text_room / 2 + texts;
        if (!grow((void **)&batch->texts, 1, room))
            return false;
        batch->text_room = room;
    }
    return true;
}

static void
batch_clear(Batch *batch)
{
    free(batch->rows);
    free(batch->texts);
    memset(batch, 0, sizeof *batch);
    batch->base_us = -1;
}

static void
store_clear(void)
{
    batch_clear(&store.batch);
    free(store.codes);
    free(store.code_slots);
    free(store.nodes);
    free(store.node_slots);
    free(store.edges);
    memset(&store, 0, sizeof store);
    store.batch.base_us = -1;
}

/* -- edges: numbers made of 64 mixed bits stand for themselves ------------------------------------------------------- */

static inline uint64_t
edge_key(uint32_t caller, int32_t instruction, uint32_t callee)
{
    uint64_t key = mix3(caller, (uint32_t)instruction, callee);
    return key ? key : 1;
}

static inline bool
edge_is_known(uint64_t key)
{
    uint64_t at = key & store.edge_mask;
    while (store.edges[at] && store.edges[at] != key)
        at = (at + 1) & store.edge_mask;
    return store.edges[at] == key;
}

static inline void
edge_add(uint64_t key)
{
    uint64_t at = key & store.edge_mask;
    while (store.edges[at] && store.edges[at] != key)
        at = (at + 1) & store.edge_mask;
    store.edge_count += store.edges[at] != key;
    store.edges[at] = key;
}

/* -- nodes ---------------------------------------------------------------------------------------------------------- */

static inline uint32_t
node_of(uint32_t parent, uint32_t code, int32_t instruction)
{
    uint64_t at = mix3(parent, code, (uint32_t)instruction) & store.node_mask;
    while (store.node_slots[at]) {
        const Node *is = &store.nodes[store.node_slots[at] - 1];
        if (is->parent == parent && is->code == code && is->instruction == instruction)
            return store.node_slots[at] - 1;
        at = (at + 1) & store.node_mask;
    }
    store.nodes[store.node_count] = (Node){parent, code, instruction, 0};
    store.node_slots[at] = ++store.node_count;
    return store.node_count - 1;
}

/* -- code objects: the following read foreign memory and are called inside the guard ------------------------------------- */

static inline bool
is_same_code(const Code *code, PyCodeObject *address)
{
    return LOAD(address->co_filename) == code->file && LOAD(address->co_qualname) == code->name
        && LOAD(address->co_linetable) == code->table && LOAD(address->co_firstlineno) == code->first_line
        && LOAD(address->ob_base.ob_size) == code->units && LOAD(address->ob_base.ob_base.ob_type) == &PyCode_Type
        && code_version(address) == code->version;
}

/* Appends the raw characters of a str; false if it is none that we can read, or if there is no room. */
static bool
copy_text(PyObject *text, uint32_t *length, uint8_t *kind, size_t *used)
{
    if (!is_address(text) || LOAD(text->ob_type) != &PyUnicode_Type)
        return false;
    PyASCIIObject head; /* a copy: what is checked is what is used */
    memcpy(&head, text, sizeof head);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    Py_ssize_t count = head.length;
    unsigned int width = head.state.kind;
    if (!head.state.compact || (width != 1 && width != 2 && width != 4) || count < 0 || count > LONGEST_TEXT)
        return false;
    const char *data = (char *)text + (head.state.ascii ? sizeof(PyASCIIObject) : sizeof(PyCompactUnicodeObject));
    size_t size = (size_t)count * width;
    if (store.batch.text_room - store.batch.text_size < *used + size) {
        store.text_wanted = *used + size;
        return false;
    }
    memcpy(store.batch.texts + store.batch.text_size + *used, data, size);
    *used += size;
    *length = (uint32_t)count;
    *kind = (uint8_t)width;
    return true;
}

/* The number of a code object; NONE if what is at the address is none, or if there is no room for a new one. */
static uint32_t
code_number(PyCodeObject *address, Frame *frame)
{
    uint64_t at = mix((uintptr_t)address) & store.code_mask;
    while (store.code_slots[at] && store.codes[store.code_slots[at] - 1].address != address)
        at = (at + 1) & store.code_mask;
    if (store.code_slots[at] && is_same_code(&store.codes[store.code_slots[at] - 1], address))
        return store.code_slots[at] - 1;

    if (LOAD(address->ob_base.ob_base.ob_type) != &PyCode_Type)
        return NONE;
    Code code = {
        .address = address,
        .file = LOAD(address->co_filename),
        .name = LOAD(address->co_qualname),
        .table = LOAD(address->co_linetable),
        .first_line = LOAD(address->co_firstlineno),
        .version = code_version(address),
        .traceable = LOAD(address->_co_firsttraceable),
    };
    Py_ssize_t units = LOAD(address->ob_base.ob_size);
    if (units <= 0 || units > (8 << 20))
        return NONE;
    code.units = (int32_t)units;
    if (store.code_count == store.code_room || 2 * (uint64_t)(store.code_count + 1) > store.code_mask) {
        store.text_wanted = 4096;
        return NONE;
    }
    TextHead head;
    memset(&head, 0, sizeof head);
    size_t used = sizeof head;
    if (!copy_text(code.file, &head.file_length, &head.file_kind, &used)
        || !copy_text(code.name, &head.name_length, &head.name_kind, &used))
        return NONE;
    /* what is run by exec is no function, or one without a module */
    PyObject *function = frame_function(frame);
    if (is_address(function) && LOAD(function->ob_type) == &PyFunction_Type
        && !copy_text(LOAD(((PyFunctionObject *)function)->func_module), &head.module_length, &head.module_kind, &used)
        && store.text_wanted)
        return NONE;
    if (!is_address(code.table) || LOAD(code.table->ob_type) != &PyBytes_Type)
        return NONE;
    Py_ssize_t table = LOAD(((PyVarObject *)code.table)->ob_size);
    if (table < 0 || table > LONGEST_TABLE)
        return NONE;
    size_t instructions = (size_t)units * sizeof(_Py_CODEUNIT);
    if (store.batch.text_room - store.batch.text_size < used + (size_t)table + instructions + 8) {
        store.text_wanted = used + (size_t)table + instructions + 8;
        return NONE;
    }
    char *end = store.batch.texts + store.batch.text_size + used;
    memcpy(end, ((PyBytesObject *)code.table)->ob_sval, (size_t)table);
    memcpy(end + table, address->co_code_adaptive, instructions);
    used = (used + (size_t)table + instructions + 7) & ~(size_t)7;
    PyObject *globals = LOAD(frame->f_globals);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    see_all_stores();
    if (!is_same_code(&code, address) || frame_code(frame) != address)
        return NONE;

    head.code = store.code_count;
    head.units = code.units;
    head.first_line = code.first_line;
    head.table_length = (uint32_t)table;
    head.globals = globals;
    memcpy(store.batch.texts + store.batch.text_size, &head, sizeof head);
    store.batch.text_size += used;
    store.codes[store.code_count] = code;
    store.code_slots[at] = ++store.code_count;
    return store.code_count - 1;
}

#endif
