"""The one base class of everything microlog raises on purpose."""

from __future__ import annotations


class MicrologError(Exception):
    """Bad input or a damaged file: one line that says what was wrong and what is allowed."""
