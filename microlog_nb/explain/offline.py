"""An explanation without a model: written from the same facts, by rules, always the same."""

from __future__ import annotations

from microlog_nb import words
from microlog_nb.explain.facts import Facts
from microlog_nb.explain.focus import Focus
from microlog_nb.tables import Tables

_TITLES = (
    ("self", "Where the time went"),
    ("path", "The heaviest path"),
    ("findings", "What looks unusual, and what to do"),
    ("longest", "The longest calls"),
    ("process", "The process"),
    ("log", "What was said"),
)
_MOST = {"self": 5, "path": 8, "findings": 8, "longest": 4, "process": 5, "log": 6}


def explain_offline(tables: Tables, focus: Focus, facts: Facts) -> str:
    """Markdown, with the citations of the facts."""
    parts = [_opening(tables, focus)]
    sections = {section.name: section for section in facts.sections}
    for name, title in _TITLES:
        section = sections.get(name)
        if section is None:
            continue
        lines = section.lines[: _MOST[name]]
        if name == "path":
            parts.append(f"### {title}\n\n" + "\n".join(_item(line) for line in lines))
        else:
            parts.append(f"### {title}\n\n" + "\n".join(f"* {_escaped(line.strip())}" for line in lines))
    return "\n\n".join(parts)


def _opening(tables: Tables, focus: Focus) -> str:
    """One or two sentences: how long, how much of it waiting, what took most."""
    meta = tables.trace.meta
    seconds = focus.end - focus.start
    said = [f"**{_escaped(meta['cell'] or meta['name'])}** ran for {words.duration(meta['duration_ns'])}."]
    if not focus.whole:
        said.append(f"This is about {focus.title}.")
    calls = tables.calls
    roots = calls[(calls.parent < 0) & (calls.thread == (calls.thread.iloc[0] if len(calls) else ""))]
    waited = float(roots.waiting.sum()) if focus.whole else 0.0
    if seconds > 0 and waited > 0.2 * seconds:
        said.append(f"For {words.percent(waited / seconds)} of the time its first thread waited.")
    functions = tables.functions
    if focus.whole and len(functions) and functions.self_time.iloc[0] > 0:
        top = functions.iloc[0]
        share = words.percent(float(top.self_time) / max(seconds, 1e-9))
        said.append(
            f"Most time of its own took `{_code(str(top.function))}`: {words.duration(top.self_time * 1e9)}, {share}."
        )
    return " ".join(said)


def _item(line: str) -> str:
    depth = (len(line) - len(line.lstrip())) // 2
    return f"{'    ' * depth}* {_escaped(line.strip())}"


def _code(text: str) -> str:
    return text.replace("`", "'")


def _escaped(text: str) -> str:
    """Text that Markdown leaves alone, but for the citations in it."""
    for mark in "\\`*_<>#|~":
        text = text.replace(mark, "\\" + mark) if mark != "<" else text.replace(mark, "&lt;")
    return text.replace("\\>", ">")
