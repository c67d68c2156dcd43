"""What a model may ask for beyond the facts: bounded looks into the same recording, as tools of the chat protocol."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from microlog_nb.errors import MicrologError
from microlog_nb.explain import facts
from microlog_nb.explain.focus import focus_of
from microlog_nb.tables import Tables

MAX_TOKENS = 1500
"""An answer to the model is cut to about this."""

Arguments = Mapping[str, Any]


def tools() -> list[dict[str, Any]]:
    """All of them, as the protocol describes functions (JSON Schema)."""
    return [
        {
            "type": "function",
            "function": {
                "name": name,
                "description": about,
                "parameters": {"type": "object", "properties": dict(fields), "required": list(fields)},
            },
        }
        for name, (about, fields, _) in _TOOLS.items()
    ]


def answer(tables: Tables, name: str, arguments: str) -> str:
    """What a tool says; a wrong question gets a sentence, too, so that the model can put it right."""
    if name not in _TOOLS:
        return f"there is no tool {name!r}: allowed are {', '.join(_TOOLS)}"
    _, fields, look = _TOOLS[name]
    try:
        given = json.loads(arguments or "{}")
    except ValueError:
        return "the arguments are not JSON"
    if not isinstance(given, dict) or (missing := [field for field in fields if field not in given]):
        return f"arguments are missing: {', '.join(missing if isinstance(given, dict) else fields)}"
    try:
        text = look(tables, given)
    except MicrologError as error:
        return str(error)
    while facts.tokens_of(text) > MAX_TOKENS:
        text = text[: max(1, len(text) * MAX_TOKENS // facts.tokens_of(text) - 20)].rstrip() + "\n(cut)"
    return text


def _calls_of(tables: Tables, given: Arguments) -> str:
    calls: Any = tables.calls
    name = str(given["function"])
    of = calls[calls.function == name]
    if of.empty:
        of = calls[calls.function.str.rpartition(".")[2] == name.rpartition(".")[2]]
    if of.empty:
        return f"no call of {name!r} was seen"
    shown = of.nlargest(20, "duration")
    return "\n".join(
        [
            f"{len(of)} calls, median {of.duration.median():.6g} s, the longest:",
            *(facts.describe_call(int(i), shown.loc[i]) for i in shown.index),
        ]
    )


def _logs_of(tables: Tables, given: Arguments) -> str:
    focus = focus_of((given["start"], given["end"]), tables)
    logs: Any = tables.logs
    logs = logs[(logs.time >= focus.start) & (logs.time <= focus.end)]
    lines = [facts.describe_log(row.Index, row) for row in logs.head(60).itertuples()]
    return "\n".join(lines) or "nothing was said in that range"


def _source_of(tables: Tables, given: Arguments) -> str:
    functions = tables.functions
    name = str(given["function"])
    found = functions[functions.function == name].head(1)
    if found.empty:
        return f"no function {name!r} was seen"
    file, first = str(found.file.iloc[0]), int(found.line.iloc[0])
    trace = tables.trace
    texts = dict(zip(trace.texts("sources", "file"), trace.texts("sources", "text"), strict=True))
    if file not in texts:
        return f"the source of {facts.short_file(file)} was not kept"
    code = texts[file].splitlines()
    if not 1 <= first <= len(code):
        return f"where {name!r} begins is not known"
    return "\n".join(f"{number:>5} {line}" for number, line in _body(code, first))


def _body(code: list[str], first: int) -> list[tuple[int, str]]:
    """A definition's lines: to the next line that is indented no deeper."""
    indent = len(code[first - 1]) - len(code[first - 1].lstrip())
    end = first
    while end < len(code) and (
        not code[end].strip() or len(code[end]) - len(code[end].lstrip()) > indent or code[end].lstrip()[0] in ")]}"
    ):
        end += 1
    last = (
        end
        if code[first - 1].lstrip().startswith(("def ", "async def ", "class ", "@"))
        else min(len(code), first + 60)
    )
    return list(enumerate(code, start=1))[first - 1 : max(last, first)]


def _metrics_of(tables: Tables, given: Arguments) -> str:
    focus = focus_of((given["start"], given["end"]), tables)
    metrics: Any = tables.metrics
    metrics = metrics[(metrics.time >= focus.start) & (metrics.time <= focus.end)]
    step = max(1, len(metrics) // 40)
    lines = [
        f"{row.time:.3f} s: CPU {row.cpu:.0f}%, memory {row.memory / 1e6:.1f} MB, modules {row.modules:.0f}, threads {row.threads:.0f}"
        for row in metrics.iloc[::step].itertuples()
    ]
    return "\n".join(lines) or "there are no readings in that range"


_TIME = {"type": "number", "description": "seconds from the start of the recording"}
_RANGE = {"start": _TIME, "end": _TIME}
_FUNCTION = {"function": {"type": "string", "description": "qualified name as in the facts"}}
_TOOLS: dict[str, tuple[str, Mapping[str, Any], Callable[[Tables, Arguments], str]]] = {
    "calls_of_function": ("The longest calls of a function, with their times.", _FUNCTION, _calls_of),
    "logs_of_range": ("Log entries between two moments.", _RANGE, _logs_of),
    "source_of_function": ("Source code of a function of the user's.", _FUNCTION, _source_of),
    "metrics_of_range": ("CPU, memory, modules and threads between two moments.", _RANGE, _metrics_of),
}
