#!/usr/bin/env bash
# Format lint, build, documentation, Swift tests and interop tests; ends with the totals.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

scripts/lint.sh
scripts/build.sh debug
scripts/docs.sh

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
with_ray=(scripts/ray.sh)
ray_note=""
scripts/ray.sh --setup || {
    [ $? = 3 ] || fail "the Python environment of Ray cannot be made"
    with_ray=()
    ray_note="; without those on Ray"
}
say "running the Swift tests"
# Tests that wait for deadlines need a share of the processor: not all of them at once.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=6
${with_ray[@]+"${with_ray[@]}"} swift test --skip-build --scratch-path "$(scratch debug)" 2>&1 | tee "$log"
swift_total="$(grep -oE 'Test run with [0-9]+ tests?( in [0-9]+ suites?)? passed' "$log" | tail -n 1)"
[ -n "$swift_total" ] || fail "the Swift tests printed no total"

status=0
scripts/interop.sh 2>&1 | tee "$log" || status="${PIPESTATUS[0]}"
case "$status" in
0) interop_total="$(grep -oE '[0-9]+ passed.*' "$log" | tail -n 1)" ;;
3) interop_total="skipped: no Python 3.12" ;;
*) fail "the interop tests failed" ;;
esac

say "totals"
swift_count="$(printf '%s' "$swift_total" | grep -oE '[0-9]+' | head -n 1)"
interop_count="$(printf '%s' "$interop_total" | grep -oE '^[0-9]+' || echo 0)"
printf 'Swift: %s\nInterop: %s\n%s passed, 0 failed\n' \
    "$swift_total$ray_note" "$interop_total" "$((swift_count + interop_count))"
