#!/bin/sh
# Make the three lock files again: run time, run time with tools for development, and uv itself. No index's name gets into them.
set -eu
cd "$(dirname "$0")/.."
UV=.venv/bin/uv
[ -x "$UV" ] || UV=$(command -v uv)
compile() { "$UV" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header "$@"; }
compile pyproject.toml -o requirements/run.lock
compile pyproject.toml --group dev -c requirements/run.lock --no-annotate -o requirements/dev.lock
echo 'uv>=0.9' | compile - --no-annotate -o requirements/tool.lock
