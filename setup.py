"""The part of the build that pyproject.toml cannot say: the sampler in C, which may be missing.

Without a compiler, or for an interpreter that it does not know, the install succeeds without it, and recordings are made
by the sampler in Python. A release and CI must not be like that: MICROLOG_REQUIRE_NATIVE=1 makes the failure an error, and
every warning of the compiler one.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

from setuptools import Extension, setup

REQUIRED = os.environ.get("MICROLOG_REQUIRE_NATIVE", "") not in ("", "0")
WARNINGS = ["-Werror"] if REQUIRED else []
NATIVE = Extension(
    "microlog_nb.capture._sampler",
    sources=["microlog_nb/capture/_sampler.c"],
    depends=[
        f"microlog_nb/capture/_sampler_{part}.h"
        for part in ("core", "guard", "layout", "platform", "process", "store", "tree")
    ],
    extra_compile_args=["-std=gnu11", "-O2", "-Wall", "-Wextra", "-fvisibility=hidden", *WARNINGS],
    libraries=["pthread"],
    optional=not REQUIRED,
)

# What an earlier build left would go into the wheel, whether this one succeeds or not.
for stale in Path(__file__).parent.glob("build/lib*/microlog_nb/capture/_sampler*"):
    stale.unlink()

KNOWN = (
    sys.platform in ("linux", "darwin")
    and sys.implementation.name == "cpython"
    and not sysconfig.get_config_var("Py_GIL_DISABLED")
)
setup(ext_modules=[NATIVE] if KNOWN else [])
