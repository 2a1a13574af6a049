#!/usr/bin/env bash
# Builds the release binary and runs the main job: a folder of images becomes annotated tasks on the embedded backend.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

scripts/build.sh release >&2
say "running: synapse demo $*"
exec .build/synapse demo "$@"
