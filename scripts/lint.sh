#!/usr/bin/env bash
# Checks the format of every Swift file; any finding fails.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

say "checking the format"
swift format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources/[a-z]*
