#!/bin/sh
# Makes the virtual environment in .venv and keeps it equal to requirements/dev.lock.
# Says nothing and is quick when there is nothing to do. PYTHON names an interpreter.
set -eu
cd "$(dirname "$0")/.."

LOCK=requirements/dev.lock
STAMP=.venv/installed

fail() {
    echo "EventHub: $*" >&2
    exit 1
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3.14 python3; do
        if is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "Python 3.11 or later was not found. Install it, or name it: make PYTHON=/path/to/python3 install"
}

# Debian's python3 comes without the module that puts pip into an environment.
make_environment() {
    "$1" -m venv .venv >/dev/null 2>&1 && return
    rm -rf .venv
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing python$version-venv …"
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update && apt-get install -y "python$version-venv"; } >/dev/null 2>&1 || true
        "$1" -m venv .venv >/dev/null 2>&1 && return
        rm -rf .venv
    fi
    tools=$(mktemp -d)
    if "$1" -m pip install --quiet --target "$tools" virtualenv >/dev/null 2>&1; then
        PYTHONPATH="$tools" "$1" -m virtualenv --quiet .venv >/dev/null 2>&1 || true
    fi
    rm -rf "$tools"
    [ -x .venv/bin/pip ] ||
        fail "$1 can make no virtual environment. Install its venv module (on Debian: apt-get install python3-venv)."
}

wanted="$(git hash-object --no-filters $LOCK)"
if ! [ -x .venv/bin/python ] || ! is_new_enough .venv/bin/python; then
    python=$(find_python)
    echo "Making the environment with $("$python" --version) …"
    rm -rf .venv
    make_environment "$python"
fi
if [ "$(cat $STAMP 2>/dev/null || true)" != "$wanted" ]; then
    echo "Installing the locked dependencies …"
    rm -f $STAMP
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r $LOCK ||
        fail "the dependencies could not be installed; pip's message stands above."
    echo "$wanted" >$STAMP
fi
for source in eventhub/translations/*/LC_MESSAGES/*.po; do
    compiled="${source%.po}.mo"
    if [ -f "$source" ] && ! { [ -f "$compiled" ] && [ "$compiled" -nt "$source" ]; }; then
        .venv/bin/pybabel --quiet compile -d eventhub/translations -f ||
            fail "the translations could not be compiled."
        break
    fi
done
