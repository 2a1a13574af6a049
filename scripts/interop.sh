#!/usr/bin/env bash
# Lets the unmodified Python SDK drive `synapse serve`. With --setup only makes its virtual environment.
#
# Exit: 0 passed, 3 skipped because there is no Python 3.12 or newer (a failure under CI=true), else failed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

environment="$(scratch interop)"
wanted="Tests/Interop/requirements.txt"
if ! cmp -s "$wanted" "$environment/requirements.txt"; then
    python="$(find_python)"
    if [ -z "$python" ]; then
        printf '\n!!! INTEROP TESTS SKIPPED: no Python 3.12 or newer with venv was found (looked on PATH, in pyenv, in uv).\n\n' >&2
        [ "${CI:-}" != true ] || fail "under CI=true the interop tests must run"
        exit 3
    fi
    say "making the Python environment of the interop tests with $("$python" --version)"
    rm -rf "$environment"
    "$python" -m venv "$environment"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted"
    cp "$wanted" "$environment/requirements.txt"
fi
[ "${1:-}" != --setup ] || exit 0

say "running the interop tests"
SYNAPSE_BINARY="${SYNAPSE_BINARY:-$(swift build --show-bin-path --scratch-path "$(scratch debug)")/synapse}"
export SYNAPSE_BINARY
exec "$environment/bin/python" -m pytest Tests/Interop -q "$@"
