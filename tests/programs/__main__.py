"""Records one program and prints how well that went, as JSON: `python -m tests.programs NAME [MILLISECONDS OVERLAP]`."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from dataclasses import asdict

from tests.programs import PROGRAMS, record, score

with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    name, shortest, overlap = [*sys.argv[1:], 5, 0.8][:3]
    result = score(*record(PROGRAMS[str(name)]), shortest_ns=int(shortest) * 1_000_000, overlap=float(overlap))
print(json.dumps(asdict(result) | {"share_found": result.share_found}, default=list))
