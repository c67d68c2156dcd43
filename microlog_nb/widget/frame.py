"""A report in a frame of a notebook's output: interactive wherever HTML is shown as it is, and a picture elsewhere.

The frame is a page of its own, without the notebook's origin: it can neither read nor change anything around it, no key
that is pressed in it reaches the notebook, and its own policy forbids it every connection. So it does not see the theme
either; but a page in a frame is told light or dark by `color-scheme` of the frame, which follows the notebook here.

Sanitisers of notebooks that are not trusted drop the frame and the style and leave the picture.
"""

from __future__ import annotations

from microlog_nb.tables import Tables
from microlog_nb.widget import fallback

HEIGHT = 456
"""As high as the widget, in pixels."""

# JupyterLab, Notebook 7 and nbconvert; VS Code; Colab; marimo
_DARK = ('[data-jp-theme-light="false"]', ".vscode-dark", ".vscode-high-contrast", "html[theme=dark]", ".dark")
_STYLE = (
    f".microlog-frame {{ box-sizing: border-box; width: 100%; height: {HEIGHT}px; min-height: 240px; resize: vertical; "
    "border: 1px solid #8884; border-radius: 6px; color-scheme: light } "
    f":is({', '.join(_DARK)}) .microlog-frame {{ color-scheme: dark }} "
    ".microlog-frame + .microlog-static { display: none }"
)


def html(page: str, tables: Tables) -> str:
    """The frame around a page, and the picture that takes its place where frames are dropped.

    Args:
        page: the report's HTML.
        tables: of the recording.
    """
    return f"{_frame(page, tables)}{fallback.html(tables, _STYLE)}"


def alone(page: str, tables: Tables) -> str:
    """The frame without a picture, for notebooks that never drop it."""
    return f"<style>{_STYLE}</style>{_frame(page, tables)}"


def _frame(page: str, tables: Tables) -> str:
    source = page.replace("&", "&amp;").replace('"', "&quot;")
    title = fallback.one_line(f"microlog: {tables.trace.meta['name']}")
    return (
        f'<iframe class="microlog-frame" title="{title}" sandbox="allow-scripts allow-downloads" allow="clipboard-write" '
        f'srcdoc="{source}"></iframe>'
    )
