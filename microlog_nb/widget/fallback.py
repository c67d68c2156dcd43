"""What stands in a saved notebook for readers without a kernel: the picture of the timeline, and its facts as text.

It has to pass the sanitiser of notebooks that are not trusted. JupyterLab's drops `<svg>` and `<style>` but keeps images
with `data:` addresses, so the picture is such an image, and the text does not rely on the style.
"""

from __future__ import annotations

import base64
import re

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.names import function_names, shown_file
from microlog_nb.tables import Tables
from microlog_nb.widget import payload, picture

_MAX_FUNCTIONS = 5
_MAX_ERRORS = 5

# Before this output stands the one of the live view. Without it JupyterLab writes "Loading widget..." or "Error displaying widget"
# there, as bare text in a node of its own.
_BARE = (
    ".jp-OutputArea-child:has(+ .jp-OutputArea-child .microlog-static) > "
    ".jp-OutputArea-output:not(:has(*)) { display: none }"
)


def html(tables: Tables, style: str = _BARE) -> str:
    """Picture and summary as HTML. The live view hides it by its class `microlog-static-` and the recording's id.

    Args:
        tables: of the recording.
        style: a rule for pages that keep it.
    """
    facts = payload.facts(tables)
    image = base64.b64encode(picture.svg(tables).encode()).decode()
    lines = "".join(f"<li>{one_line(text)}</li>" for text in summary_lines(tables))
    return (
        f'<div class="microlog-static microlog-static-{facts["id"]}"><style>{style}</style>'
        f'<img alt="{one_line("Timeline of " + facts["name"])}" src="data:image/svg+xml;base64,{image}" '
        'style="max-width: 100%; height: auto">'
        f"<details><summary>{one_line(_headline(tables))}</summary><ul>{lines}</ul></details></div>"
    )


def summary_lines(tables: Tables) -> list[str]:
    """The recording in sentences: facts, the functions that took most time, and the errors it logged."""
    trace = tables.trace
    lines = [f"{value} {word}".strip() for value, word in picture.fact_words(payload.facts(tables), tables) if word]
    names, files = function_names(trace), trace.texts("functions", "file")
    self_ns = tables.function_data.self_ns
    for row in np.argsort(-self_ns, kind="stable")[:_MAX_FUNCTIONS].tolist():
        if self_ns[row] > 0:
            calls = words.plural(int(tables.function_data.calls[row]), "call")
            place = "" if names[row] == files[row] else f" ({shown_file(files[row])})"
            lines.append(f"{words.duration(int(self_ns[row]))} in {names[row]}{place}, {calls}")
    levels, messages = trace.texts("logs", "level"), trace.texts("logs", "message")
    errors = [message for level, message in zip(levels, messages, strict=True) if level in ("error", "critical")]
    lines += [f"error: {message}" for message in errors[:_MAX_ERRORS]]
    if len(errors) > _MAX_ERRORS:
        lines.append(f"{words.plural(len(errors) - _MAX_ERRORS, 'more error')}")
    return [*lines, *trace.meta["notes"]]


def _headline(tables: Tables) -> str:
    meta = tables.trace.meta
    seconds, logs = words.duration(meta["duration_ns"]), tables.trace.tables["logs"].num_rows
    return f"{meta['name']}: {seconds}, {words.plural(len(tables.call_data), 'call')}, {words.plural(logs, 'log')}"


def one_line(text: str) -> str:
    """Text of bounded length in one line, escaped for HTML; a log entry may have had several."""
    return picture.escaped(" ".join(re.split(r"[ \t\r\n]+", text[:400])))
