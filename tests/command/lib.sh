# What the command tests share: a scratch folder, the program, and TAP.
# shellcheck shell=bash
set -u
source_dir=${ASSAY_SOURCE_DIR:?set by make check}
build_dir=${ASSAY_BUILD_DIR:?set by make check}
export PATH="$build_dir:$PATH"
export LC_ALL=C
unset ASSAY_PLUGIN_PATH MAKEFLAGS MFLAGS MAKELEVEL # but for the first: of the make that runs the tests
work=$(mktemp -d)
export XDG_CACHE_HOME=$work/.cache # no test reads or fills the user's own
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
cd "$work" || exit 1
n_tests=0
n_failed=0

# ok STATUS NAME [what to show where it failed]
ok() {
    n_tests=$((n_tests + 1))
    if [ "$1" = 0 ]; then
        printf 'ok %d - %s\n' "$n_tests" "$2"
    else
        n_failed=$((n_failed + 1))
        printf 'not ok %d - %s\n' "$n_tests" "$2"
        [ $# -lt 3 ] || printf '%s\n' "$3" | sed 's/^/# /'
    fi
}

# same NAME EXPECTED GOT
same() {
    if [ "$2" = "$3" ]; then
        ok 0 "$1"
    else
        ok 1 "$1" "$(diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") | head -n 20)"
    fi
}

finish() {
    printf '1..%d\n' "$n_tests"
    [ "$n_failed" = 0 ]
}

# A command without root's right to read and write whatever it likes.
unprivileged() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --bounding-set -dac_override,-dac_read_search "$@"
    else
        "$@"
    fi
}

# take FROM TO: a copy that can be changed, also of a source tree that can't
take() {
    cp -r "$1" "$2" && chmod -R u+w "$2"
}

# drop PIPELINE.cfg PLUGIN...: the pipeline without these plugins, whose groups may go over several lines
drop() {
    python3 - "$@" <<'PY'
import re, sys
with open(sys.argv[1], encoding="utf-8") as f:
    print(re.sub(r' *\{ plugin = "(%s)"[^}]*\},?\n?' % "|".join(sys.argv[2:]), "", f.read()), end="")
PY
}

# build_plugin SOURCE MODULE.so [flags]: as an author would, from the header alone
build_plugin() {
    local source=$1 module=$2
    shift 2
    ${CC:-cc} -std=gnu17 -shared -fPIC -I "$source_dir/include" "$@" "$source" -o "$module"
}

# What a plugin's Makefile needs: pkg-config finds an assay that isn't installed.
pkg_config() {
    [ -z "${ASSAY_INSTALLED:-}" ] || return 0
    mkdir -p "$work/.pkgconfig"
    sed -e "s|^prefix=.*|prefix=$source_dir|" -e "s|^includedir=.*|includedir=$source_dir/include|" \
        -e 's|^libdir=.*|libdir=/usr/lib|' -e "s|^confdir=.*|confdir=$source_dir/conf|" "$build_dir/include/assay.pc" >"$work/.pkgconfig/assay.pc"
    export PKG_CONFIG_PATH=$work/.pkgconfig
}

# What depends on the run itself, on where it ran and on what was there before; the tables and the description of
# them don't.
of_the_run=(-x run.json -x ledger -x changes.csv)

# All tables of an output folder, with their names, as one digest.
digest() {
    (cd "$1" && find . -type f ! -name run.json ! -name ledger ! -name changes.csv | sort | xargs sha256sum | sha256sum)
}

# cells FILE.csv COLUMN...: those columns, joined by |, without the header
cells() {
    python3 - "$@" <<'PY'
import csv, sys
with open(sys.argv[1], newline="", encoding="utf-8") as f:
    rows = ["|".join(row[c] for c in sys.argv[2:]) for row in csv.DictReader(f)]
try:
    print("\n".join(rows), end="\n" if rows else "", flush=True)
except BrokenPipeError:
    sys.stdout = None
PY
}

# For tests of tests/fault, whose library is loaded before all others: sanitizers' has to be.
preloads() {
    case $(ldd "$build_dir/assay") in
    *libasan*)
        echo "1..0 # SKIP built with sanitizers, which have to be the first that is loaded"
        exit 0
        ;;
    esac
    export TMPDIR=$work PYTHONDONTWRITEBYTECODE=1
}
