/* From the nodes that the sampler has seen to those of the recording, by the rules that samplers/native.py gives.
 *
 *     raw node     (parent, code, instruction)                of every frame that is shown
 *     node         (parent, function, place in it)            of the frames that belong in a recording
 *
 * It runs with Python's lock held, once for every raw node: in Python this was the dearest part of a recording.
 */

#ifndef MICROLOG_SAMPLER_TREE_H
#define MICROLOG_SAMPLER_TREE_H

#include "_sampler_store.h"

#define OWNERS 5
#define PLACES 4
#define RAW_NODE 12 /* bytes: parent u32, code u32, instruction i32 */

/* What is known of a code object: in Python a tuple, or None if its frames are left out. */
typedef struct {
    long owner;
    int64_t function, begin;
    const int32_t *lines, *loops; /* a line for each code unit; first and last instruction of each loop */
    Py_ssize_t line_count, loop_count;
} Known;

static bool
known_code(PyObject *codes, uint32_t number, Known *known)
{
    PyObject *lines, *loops, *code = number < (size_t)PyList_GET_SIZE(codes) ? PyList_GET_ITEM(codes, number) : NULL;
    long long function, begin;
    if (code == NULL) {
        PyErr_SetString(PyExc_IndexError, "a node of an unknown code object");
        return false;
    }
    known->owner = -1;
    if (code == Py_None)
        return true;
    if (!PyArg_ParseTuple(code, "lLLSS", &known->owner, &function, &begin, &lines, &loops))
        return false;
    if (known->owner < 0 || known->owner >= OWNERS) {
        PyErr_SetString(PyExc_ValueError, "an unknown owner");
        return false;
    }
    known->function = function;
    known->begin = begin;
    known->lines = (const int32_t *)(const void *)PyBytes_AS_STRING(lines);
    known->line_count = PyBytes_GET_SIZE(lines) / 4;
    known->loops = (const int32_t *)(const void *)PyBytes_AS_STRING(loops);
    known->loop_count = PyBytes_GET_SIZE(loops) / 8;
    return true;
}

/* The number of the child, made if it is new; -1 with an error set. `row` then has what a new one is made of. */
static int64_t
child_of(PyObject *nodes, int64_t parent, const Known *known, int32_t instruction, int64_t next, int64_t row[5])
{
    PyObject *key = Py_BuildValue("(LLL)", (long long)parent, (long long)known->function, (long long)(known->begin + instruction));
    if (key == NULL)
        return -1;
    int64_t child = -1;
    PyObject *found = PyDict_GetItemWithError(nodes, key);
    if (found != NULL)
        child = PyLong_AsLongLong(found);
    else if (!PyErr_Occurred()) {
        PyObject *number = PyLong_FromLongLong(next);
        if (number != NULL && PyDict_SetItem(nodes, key, number) == 0)
            child = next;
        Py_XDECREF(number);
        int64_t loop = -1;
        for (Py_ssize_t at = 0; at < known->loop_count && loop < 0; at++)
            if (known->loops[2 * at] <= instruction && instruction <= known->loops[2 * at + 1])
                loop = known->begin + known->loops[2 * at];
        Py_ssize_t unit = instruction / (int)sizeof(_Py_CODEUNIT);
        row[0] = parent;
        row[1] = known->function;
        row[2] = instruction >= 0 && unit < known->line_count ? known->lines[unit] : 0;
        row[3] = known->begin + instruction;
        row[4] = loop;
    }
    Py_DECREF(key);
    return child;
}

PyDoc_STRVAR(grow_doc, "grow(nodes, next, rules, codes, ids, places, raw)\n--\n\n"
    "Adds raw nodes to the tree of a recording: (ids, places, rows of the new ones).\n\n"
    "nodes: dict of (parent, function, instruction) -> id. next: id of the next new node. rules: two bytes by place and owner:\n"
    "the place then, whether the frame is kept. codes: (owner, function, begin, lines, loops) or None. ids: i64 of each raw\n"
    "node so far. places: a byte of each. raw: what `drain` gave. rows: five i64 each: parent, function, line, instruction, loop.");

static PyObject *
sampler_grow(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    PyObject *nodes, *codes, *ids = NULL, *places = NULL, *rows = NULL, *result = NULL;
    long long next;
    Py_buffer rules, old_ids, old_places, raw;
    if (!PyArg_ParseTuple(arguments, "O!Ly*O!y*y*y*", &PyDict_Type, &nodes, &next, &rules, &PyList_Type, &codes, &old_ids,
                          &old_places, &raw))
        return NULL;
    Py_ssize_t before = old_places.len, count = raw.len / RAW_NODE, row_count = 0;
    if (rules.len != 2 * PLACES * OWNERS || old_ids.len != before * 8) {
        PyErr_SetString(PyExc_ValueError, "rules or ids of another size");
        goto end;
    }
    ids = PyBytes_FromStringAndSize(NULL, count * 8);
    places = PyBytes_FromStringAndSize(NULL, count);
    rows = PyBytes_FromStringAndSize(NULL, count * 40);
    if (ids == NULL || places == NULL || rows == NULL)
        goto end;
    int64_t *new_ids = (int64_t *)(void *)PyBytes_AS_STRING(ids), *row = (int64_t *)(void *)PyBytes_AS_STRING(rows);
    uint8_t *new_places = (uint8_t *)PyBytes_AS_STRING(places);
    uint32_t last = NONE;
    Known known = {.owner = -1};
    for (Py_ssize_t index = 0; index < count; index++) {
        struct {
            uint32_t parent, code;
            int32_t instruction;
        } is;
        memcpy(&is, (char *)raw.buf + index * RAW_NODE, RAW_NODE);
        if (is.parent != NONE && is.parent >= before + index) {
            PyErr_SetString(PyExc_IndexError, "a node before its parent");
            goto end;
        }
        int64_t id = -1;
        uint8_t place = 0;
        if (is.parent != NONE) {
            bool old = is.parent < before;
            id = old ? ((int64_t *)old_ids.buf)[is.parent] : new_ids[is.parent - before];
            place = old ? ((uint8_t *)old_places.buf)[is.parent] : new_places[is.parent - before];
        }
        if (is.code != last && !known_code(codes, is.code, &known))
            goto end;
        last = is.code;
        if (known.owner >= 0) {
            const uint8_t *rule = (uint8_t *)rules.buf + 2 * ((place % PLACES) * OWNERS + known.owner);
            place = rule[0];
            if (rule[1]) {
                id = child_of(nodes, id, &known, is.instruction, next, row + 5 * row_count);
                if (id < 0)
                    goto end;
                row_count += id == next;
                next += id == next;
            }
        }
        new_ids[index] = id;
        new_places[index] = place;
    }
    if (_PyBytes_Resize(&rows, row_count * 40) == 0)
        result = Py_BuildValue("(OOO)", ids, places, rows);
end:
    Py_XDECREF(ids);
    Py_XDECREF(places);
    Py_XDECREF(rows);
    PyBuffer_Release(&rules);
    PyBuffer_Release(&old_ids);
    PyBuffer_Release(&old_places);
    PyBuffer_Release(&raw);
    return result;
}

#endif
