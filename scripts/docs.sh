#!/usr/bin/env bash
# Builds the documentation of SynapseClient and SynapseServer into .build/docs; a warning fails, and so does a public symbol without a comment.
#
# The symbols are read from the modules that `scripts/build.sh debug` has built, so that nothing is built a second time.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

debug="$(scratch debug)"
products="$(swift build --show-bin-path --scratch-path "$debug")"
[ -e "$products/Modules/SynapseClient.swiftmodule" ] || scripts/build.sh debug
docc="$(command -v docc || xcrun --find docc 2>/dev/null)" || fail "no 'docc': it comes with the Swift toolchain"
python="$(command -v python3 || command -v "$(scratch interop)/bin/python")" || fail "no 'python3', which reads the symbols"

say "reading the public symbols"
graphs="$(scratch docs)/symbols"
rm -rf "$graphs"
flags=(-target "$(swift -print-target-info | sed -n 's/.*"triple": "\(.*\)".*/\1/p' | head -n 1)")
[ "$(uname -s)" != Darwin ] || flags+=(-sdk "$(xcrun --show-sdk-path)")
# The C modules below our dependencies: maps that the build made, and maps that the packages bring along.
for map in "$products"/*.build/module.modulemap; do flags+=(-Xcc "-fmodule-map-file=$map"); done
for map in Sources/*/module.modulemap "$debug"/checkouts/*/Sources/*/module.modulemap "$debug"/checkouts/*/Sources/*/include; do
    [ -d "$map" ] || map="$(dirname "$map")"
    flags+=(-I "$map")
done
symbols() { # symbols MODULE FOLDER
    mkdir -p "$graphs/$2"
    swift symbolgraph-extract -module-name "$1" -I "$products/Modules" "${flags[@]}" -swift-version 6 \
        -minimum-access-level public -skip-synthesized-members -skip-inherited-docs -output-dir "$graphs/$2"
}
# A program that imports the client sees the models as well.
symbols SynapseModels SynapseClient
symbols SynapseClient SynapseClient
symbols SynapseServer SynapseServer
"$python" scripts/undocumented.py "$graphs"

for library in SynapseClient SynapseServer; do
    say "building the documentation of $library"
    "$docc" convert "Sources/$library/Documentation.docc" --additional-symbol-graph-dir "$graphs/$library" \
        --fallback-display-name "$library" --fallback-bundle-identifier "$library" \
        --warnings-as-errors --output-dir "$(scratch docs)/$library.doccarchive"
done
say "the documentation is in $(scratch docs): docc preview, or any server of files"
