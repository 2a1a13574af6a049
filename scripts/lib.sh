# What the scripts share: messages on stderr, and where builds go.
say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# One scratch path for each flavour keeps both warm.
scratch() { printf '%s' "${SYNAPSE_SCRATCH:-$PWD/.build}/$1"; }

# A Python 3.12 or newer with venv, or nothing.
find_python() {
    local candidate
    for candidate in python3.12 python3.13 python3.14 python3 python \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python; do
        candidate="$(command -v "$candidate" 2>/dev/null)" || continue
        "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' 2>/dev/null || continue
        printf '%s' "$candidate"
        return
    done
    if command -v uv >/dev/null && candidate="$(uv python find '>=3.12' 2>/dev/null)"; then printf '%s' "$candidate"; fi
}
