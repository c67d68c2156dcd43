"""What users may give: everything that can be wrong is told before anything is recorded."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from microlog_nb.config import Settings
from microlog_nb.errors import MicrologError


def check_options(
    name: object = None, *, save: Any = None, display: object = None, **options: Any
) -> tuple[Settings, Path | None]:
    """The settings and the file to save to.

    Raises:
        MicrologError: a value of the wrong type or outside its range, or a folder that does not exist.
    """
    if name is not None and not isinstance(name, str):
        raise MicrologError(f"a recording's name must be text, not {name!r}")
    if display not in (None, True, False):
        raise MicrologError(f"display must be True, False or None, not {display!r}")
    settings = Settings.create(**options)
    if save is None:
        return settings, None
    if not isinstance(save, (str, os.PathLike)):
        raise MicrologError(f"save must be a path, not {save!r}")
    target = Path(save).expanduser().absolute()
    if not target.parent.is_dir():
        raise MicrologError(f"cannot save to {target}: there is no folder {target.parent}")
    return settings, target


def is_number(value: object) -> bool:
    """Whether it can be a quantity: truth values and text cannot."""
    if isinstance(value, bool):
        return False
    try:
        float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return not isinstance(value, (str, bytes))
