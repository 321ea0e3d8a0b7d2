# Sourced by run, test and bench: puts a Python that can make this program's environment into $PY, or says what to do.
# 3.11 first: the newest that Spark 3.5 itself names; 3.12 and 3.13 were tried with it and run.

suitable() { # a Python from 3.11 on that can make virtual environments
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    PY=
    bare=
    for candidate in ${ASTROLABNET_PYTHON:+"$ASTROLABNET_PYTHON"} python3.11 python3.12 python3.13 python3 python; do
        if suitable "$candidate"; then
            PY=$candidate
            return 0
        fi
        if [ -z "$bare" ] && new_enough "$candidate"; then bare=$candidate; fi
    done
    if [ -n "$bare" ]; then
        # Debian and Ubuntu keep the module venv in a package of its own.
        package=$("$bare" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            echo "Python is here, its module venv is not: installing $package ..."
            apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package"
            if suitable "$bare"; then
                PY=$bare
                return 0
            fi
        fi
        echo "Python is here ($bare), but it can not make virtual environments. On Debian and Ubuntu this line mends it:" >&2
        echo "    sudo apt-get install $package" >&2
        return 1
    fi
    echo "AstroLabNet needs Python 3.11 or newer, and there is none on the PATH." >&2
    echo "On Debian and Ubuntu:    sudo apt-get install python3 python3-venv" >&2
    echo "If it lies elsewhere:    ASTROLABNET_PYTHON=/path/to/python3 $0" >&2
    return 1
}
