"""Where a source file is for the notebook's server, so that a page can ask the server's application to open it."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def answer(body: Any) -> str:
    """Answers the request "locate": the path of a file below the server's root, with "/" between its parts.

    Args:
        body: `file`, its path as a frame has it, and `root`, the server's root as its page says it: it may begin with "~".

    Returns:
        "" for a file that is not there or not below the root: the application cannot open that one.
    """
    asked = body if isinstance(body, dict) else {}
    file, root = asked.get("file"), asked.get("root")
    if not (isinstance(file, str) and isinstance(root, str) and file and root):
        return ""
    try:
        # Both may go through links, and mean the same place all the same.
        found = Path(file).resolve(strict=True)
        return found.relative_to(Path(root).expanduser().resolve()).as_posix() if found.is_file() else ""
    except (OSError, ValueError, RuntimeError):  # not there, not below it, or "~" of nobody
        return ""
