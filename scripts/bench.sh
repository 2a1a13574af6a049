#!/usr/bin/env bash
# Measures the release binary beside its peers and writes Benchmarks/RESULTS.md. Arguments go to Benchmarks/bench.py, such as --quick.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

scripts/build.sh release
scripts/interop.sh --setup
say "building the tools of the benchmarks"
# A target lies inside its package, so the benchmarks' package leads to the library's sources by a link.
ln -sfn ../../Sources/SynapseModels Benchmarks/Sources/SynapseModels
swift build -c release --package-path Benchmarks --scratch-path "$(scratch benchmarks)"
tools="$(swift build -c release --package-path Benchmarks --scratch-path "$(scratch benchmarks)" --show-bin-path)"
exec "$(scratch interop)/bin/python" Benchmarks/bench.py --synapse .build/synapse --tools "$tools" "$@"
