"""One kernel a module: starting one takes as long as running a hundred cells."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.magic.kernels import Kernel, start_kernel


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A real kernel with the extension loaded."""
    with start_kernel(tmp_path_factory.mktemp("kernel")) as kernel:
        yield kernel
