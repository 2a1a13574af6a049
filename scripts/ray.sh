#!/usr/bin/env bash
# Runs a Ray on this machine for the tests: `ray.sh --setup` makes its Python environment, `ray.sh COMMAND…` starts a Ray,
# runs the command with SYNAPSE_RAY set to its address, and stops it again.
#
# Exit: that of the command; 3 when there can be no Ray here (a failure under CI=true).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

skip() {
    printf '\n!!! RAY IS MISSING: %s; what needs one is skipped.\n\n' "$*" >&2
    [ "${CI:-}" != true ] || fail "under CI=true the tests with Ray must run"
    exit 3
}

environment="$(scratch ray)"
wanted="Tests/Interop/requirements-ray.txt"
if ! cmp -s "$wanted" "$environment/requirements.txt"; then
    python="$(find_python)"
    [ -n "$python" ] || skip "no Python 3.12 or newer with venv was found (looked on PATH, in pyenv, in uv)"
    say "making the Python environment of Ray with $("$python" --version) (about 330 MB)"
    rm -rf "$environment"
    "$python" -m venv "$environment"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted" \
        || skip "its packages cannot be installed"
    cp "$wanted" "$environment/requirements.txt"
fi
[ "${1:-}" != --setup ] || exit 0

free_port() {
    "$environment/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Sockets below it have paths of at most 107 bytes.
folder="$(mktemp -d /tmp/ray.XXXXXX)"
port="$(free_port)"
dashboard="$(free_port)"
# Jobs run the Python that comes first on the PATH of Ray. The ports that every Ray takes by default are given: another Ray may
# be running on this machine.
PATH="$environment/bin:$PATH" RAY_USAGE_STATS_ENABLED=0 setsid "$environment/bin/python" "$environment/bin/ray" start \
    --head --block --node-ip-address 127.0.0.1 --port "$port" --dashboard-host 127.0.0.1 --dashboard-port "$dashboard" \
    --dashboard-agent-listen-port "$(free_port)" --ray-client-server-port "$(free_port)" \
    --num-cpus 2 --object-store-memory 100000000 --disable-usage-stats --temp-dir "$folder" >"$folder.log" 2>&1 &
ray=$!
stop() {
    kill -TERM "$ray" 2>/dev/null || true
    for _ in $(seq 100); do kill -0 "$ray" 2>/dev/null || break; sleep 0.1; done
    kill -KILL -- "-$ray" 2>/dev/null || true
    rm -rf "$folder" "$folder.log"
}
trap stop EXIT
say "starting Ray"
export SYNAPSE_RAY="http://127.0.0.1:$dashboard"
for attempt in $(seq 240); do
    if curl -sf -o /dev/null "$SYNAPSE_RAY/api/version"; then break; fi
    if ! kill -0 "$ray" 2>/dev/null || [ "$attempt" = 240 ]; then
        cat "$folder.log" >&2
        fail "Ray did not start"
    fi
    sleep 0.25
done
"$@"
