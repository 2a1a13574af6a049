#!/usr/bin/env bash
# Builds one flavour: debug (everything, tests included) or release (the synapse binary, static and stripped, at .build/synapse).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

case "${1:-debug}" in
debug)
    say "building for debugging (a first build takes some minutes)"
    swift build --build-tests --scratch-path "$(scratch debug)" --explicit-target-dependency-import-check error
    ;;
release)
    say "building the synapse binary for release (a first build takes up to ten minutes)"
    # Nothing loads symbols of the binary: without their table it is smaller, on the disk and in memory. A flag of ELF.
    flags=()
    [[ "$(uname -s)" = Linux ]] && flags=(-Xlinker --no-export-dynamic)
    swift build -c release --product synapse --static-swift-stdlib ${flags[@]+"${flags[@]}"} --scratch-path "$(scratch release)"
    built="$(swift build -c release --show-bin-path --static-swift-stdlib --scratch-path "$(scratch release)")/synapse"
    mkdir -p .build
    cp "$built" .build/synapse.new
    strip .build/synapse.new
    mv .build/synapse.new .build/synapse
    ;;
*) fail "unknown flavour '$1': debug or release" ;;
esac
