"""Records one program and prints how well that went, as JSON: `python -m tests.programs NAME`."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from dataclasses import asdict

from tests.programs import PROGRAMS, record, score

with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    result = score(*record(PROGRAMS[sys.argv[1]]))
print(json.dumps(asdict(result) | {"share_found": result.share_found}, default=list))
