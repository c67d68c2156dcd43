#!/usr/bin/env bash
# Runs every example of this folder, each recorded with microlog.profile(); the reports are left in build/examples/.
set -euo pipefail
cd "$(dirname "$0")/.."

python=.venv/bin/python
[ -x "$python" ] || python=python3
for example in examples/*.py; do
    echo "== $example"
    "$python" "$example"
done
