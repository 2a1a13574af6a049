#!/usr/bin/env bash
# Installs what is missing of: libraries to build with (build), Python bits for the interop tests (test), Python for the documentation (docs).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

command -v swift >/dev/null || fail "no 'swift' on the PATH: install a Swift 6.3 toolchain (https://www.swift.org/install)"

missing=()
want() { # want FILE PACKAGE: the Debian package that brings a file
    for folder in /usr/include /usr/include/*-linux-gnu /usr/local/include; do
        [ -e "$folder/$1" ] && return
    done
    missing+=("$2")
}
if [ "$(uname -s)" = Linux ]; then
    case " $* " in *" build "*)
        want sqlite3.h libsqlite3-dev
        want zlib.h zlib1g-dev
        ;;
    esac
    case " $* " in *" test "* | *" docs "*) command -v python3 >/dev/null || missing+=(python3) ;; esac
    # Debian and Ubuntu ship Python without what makes virtual environments.
    case " $* " in
    *" test "*)
        if ! command -v python3 >/dev/null || ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
            missing+=(python3-venv)
        fi
        ;;
    esac
fi
if [ "${#missing[@]}" -gt 0 ]; then
    command -v apt-get >/dev/null || fail "missing: ${missing[*]}; install them with this system's package manager"
    as_root=""
    [ "$(id -u)" = 0 ] || as_root=sudo
    say "installing ${missing[*]}"
    $as_root apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
fi

case " $* " in *" test "*)
    scripts/interop.sh --setup || [ $? = 3 ]
    scripts/ray.sh --setup || [ $? = 3 ]
    ;;
esac
