"""What the source text says about a line of the user's: its statement, its calls, the loop around it, how names were made."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache

Loop = ast.For | ast.AsyncFor | ast.While | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


class Code:
    """One file or cell."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._paths: dict[int, list[ast.AST]] = {}

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax; empty if it cannot be read, as a later version's source in an earlier Python."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SyntaxWarning)
                return ast.parse(self._text)
        except (SyntaxError, ValueError, RecursionError):
            return ast.Module([], [])

    def path(self, line: int) -> list[ast.AST]:
        """The nodes around a line, outermost first: statements and, in the last of them, expressions that span it."""
        if line not in self._paths:
            path: list[ast.AST] = [self.tree]
            while inner := [child for child in ast.iter_child_nodes(path[-1]) if _spans(child, line)]:
                # several on one line: the one with the widest view of loops and calls
                path.append(max(inner, key=lambda child: (_holds_loop(child), _end(child) - _begin(child))))
            self._paths[line] = path
        return self._paths[line]

    def scope(self, line: int) -> Scope:
        """The function that the line is in, else the module."""
        inside = [node for node in self.path(line) if isinstance(node, _SCOPES) and line != _header(node)]
        return inside[-1] if inside else self.tree

    def loop(self, line: int) -> Loop | None:
        """The innermost loop that runs the line again and again, in the same function."""
        found: Loop | None = None
        for node in self.path(line):
            if isinstance(node, _SCOPES) and line != _header(node):
                found = None
            elif isinstance(node, _LOOPS) and not _before_loop(node, line):
                found = node
        return found

    def outer_loop(self, line: int) -> Loop | None:
        """The outermost loop around the line in the same function."""
        found: Loop | None = None
        for node in self.path(line):
            if isinstance(node, _SCOPES) and line != _header(node):
                found = None
            elif found is None and isinstance(node, _LOOPS) and not _before_loop(node, line):
                found = node
        return found

    def parts(self, line: int) -> Iterator[ast.AST]:
        """Everything in the statement at the line, but not in the statements inside that."""
        statements = [node for node in self.path(line) if isinstance(node, ast.stmt)]
        if not statements:
            return
        waiting: list[ast.AST] = [statements[-1]]
        while waiting:
            node = waiting.pop()
            yield node
            for name, value in ast.iter_fields(node):
                if name in _BODIES and isinstance(node, ast.stmt) and isinstance(value, list):
                    continue
                children = value if isinstance(value, list) else [value]
                waiting += [child for child in children if isinstance(child, ast.AST)]

    def calls(self, line: int) -> list[ast.Call]:
        """Calls in the statement that the line may be making."""
        return [part for part in self.parts(line) if isinstance(part, ast.Call) and _begin(part) <= line <= _end(part)]

    def call(self, line: int, *names: str) -> ast.Call | None:
        """The first call at the line whose dotted name, or what is behind its last dot if the name begins with one, is given."""
        for call in self.calls(line):
            name = dotted(call.func)
            if any(name == wanted or (wanted[0] == "." and name.endswith(wanted)) for wanted in names):
                return call
        return None

    def made(self, name: str, line: int) -> list[ast.expr]:
        """The values assigned to a name in the function of the line, else in the module."""
        for scope in dict.fromkeys((self.scope(line), self.tree)):
            found = [
                value for target, value in assignments(scope) if isinstance(target, ast.Name) and target.id == name
            ]
            if found:
                return found
        return []


class Sources:
    """The files and cells of a recording."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._codes: dict[str, Code] = {}

    def code(self, file: str) -> Code:
        """The source of a file; empty if the recording has it not."""
        if file not in self._codes:
            self._codes[file] = _code(self._texts.get(file, ""))
        return self._codes[file]


@lru_cache(maxsize=8)
def _code(text: str) -> Code:
    """A recording that runs is looked at again and again, and its sources are the same ones."""
    return Code(text)


def assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets and values of the plain assignments inside a node."""
    for part in ast.walk(node):
        if isinstance(part, ast.Assign):
            yield from ((target, part.value) for target in part.targets)
        elif isinstance(part, ast.AnnAssign) and part.value is not None:
            yield part.target, part.value


def bound(node: ast.AST) -> set[str]:
    """Names that are given a value inside a node."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def used(node: ast.AST) -> set[str]:
    """Names whose value is read inside a node."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}


def dotted(node: ast.AST) -> str:
    """The text "a.b.c" of an attribute or name; what is no name stands as "?"."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "?"


def constant_arguments(call: ast.Call, changing: set[str]) -> bool:
    """Whether all arguments are the same each time, as far as the text says: constants, and names that do not change."""
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    plain = (ast.Constant, ast.Name, ast.Attribute, ast.Tuple, ast.List, ast.UnaryOp, ast.JoinedStr, ast.FormattedValue)
    inner = (ast.expr_context, ast.unaryop)
    return all(
        isinstance(part, (*plain, *inner)) for value in values for part in ast.walk(value)
    ) and not changing & set().union(*map(used, values))


def _begin(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def _end(node: ast.AST) -> int:
    return getattr(node, "end_lineno", 0) or 0


def _spans(node: ast.AST, line: int) -> bool:
    if not hasattr(node, "lineno"):
        return any(_spans(child, line) for child in ast.iter_child_nodes(node))
    return _begin(node) <= line <= _end(node)


def _header(node: ast.AST) -> int:
    """The line of a `def`, which runs where the function is defined; a lambda's only line is its body."""
    return -1 if isinstance(node, ast.Lambda) else _begin(node)


def _before_loop(node: Loop, line: int) -> bool:
    """Whether the line is what the loop runs over, which is evaluated once."""
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return line < _begin(node.body[0])
    return False


def _holds_loop(node: ast.AST) -> bool:
    return any(isinstance(part, _LOOPS) for part in ast.walk(node))
