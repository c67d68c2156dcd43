"""The build backend: setuptools, with the browser bundle built first.

A Python package whose widget is written in TypeScript has to carry the built JavaScript. `pip install .`, a wheel and
an sdist all get it here, and a machine without Node gets Node as a build requirement from PyPI.
"""

from __future__ import annotations

import shutil

import bundle
from setuptools import build_meta
from setuptools.build_meta import prepare_metadata_for_build_editable, prepare_metadata_for_build_wheel

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

Settings = dict[str, str | list[str] | None] | None


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """What setuptools needs, and Node if the bundle must be built and the machine has none."""
    return [*build_meta.get_requires_for_build_wheel(config_settings), *_node()]


def get_requires_for_build_editable(config_settings: Settings = None) -> list[str]:
    """What setuptools needs, and Node if the bundle must be built and the machine has none."""
    return [*build_meta.get_requires_for_build_editable(config_settings), *_node()]


def get_requires_for_build_sdist(config_settings: Settings = None) -> list[str]:
    """What setuptools needs, and Node if the bundle must be built and the machine has none."""
    return [*build_meta.get_requires_for_build_sdist(config_settings), *_node()]


def build_wheel(wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None) -> str:
    """Builds the bundle, then the wheel that carries it, without what an earlier build of this checkout left behind."""
    _bundle()
    for left in (bundle.ROOT / "build").glob("lib*"):
        shutil.rmtree(left)
    return str(build_meta.build_wheel(wheel_directory, config_settings, metadata_directory))


def build_editable(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Builds the bundle, then the wheel that points to this checkout."""
    _bundle()
    return str(build_meta.build_editable(wheel_directory, config_settings, metadata_directory))


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    """Builds the bundle, then the sdist: with the bundle and its sources, so that either way of building works."""
    _bundle()
    return str(build_meta.build_sdist(sdist_directory, config_settings))


def _node() -> list[str]:
    return [] if bundle.is_fresh() else bundle.requires()


def _bundle() -> None:
    try:
        bundle.build()
    except bundle.BundleError as error:
        raise SystemExit(f"error: {error}") from None
