"""Files that appear whole or not at all, and texts for one-line messages."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from microlog_nb.errors import MicrologError


def write(path: str | os.PathLike[str], data: bytes) -> Path:
    """Writes a file as `replacing` does.

    Raises:
        MicrologError: it cannot be written there.
    """
    with replacing(path) as file:
        file.write(data)
    return Path(path)


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A new file that takes the place of `path` when the block ends without an error; else nothing has changed.

    It waits until the disk has it, so that a power cut leaves the old file or the new one.

    Args:
        path: where the file shall be; its folder must exist. A link is followed.

    Raises:
        MicrologError: it cannot be written there.
    """
    final = Path(os.path.realpath(path))
    if final.is_dir():
        raise MicrologError(f"{shown(path)} cannot be written: it is a folder, a file name is needed")
    if not final.parent.is_dir():
        raise MicrologError(f"{shown(path)} cannot be written: there is no folder {shown(final.parent)}")
    # beside the final place: only within one file system is a rename atomic
    temporary = final.with_name(f".{final.name[:100]}.{os.urandom(4).hex()}.part")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(final)
    except OSError as error:
        raise MicrologError(f"{shown(path)} cannot be written: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def shown(value: object, limit: int = 200) -> str:
    """A value for a message: one line, printable, not too long."""
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value))
    return text if len(text) <= limit else text[:limit] + "…"
