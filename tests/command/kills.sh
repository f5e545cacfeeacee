#!/usr/bin/env bash
# Runs that are killed: 20, and 500 in make check-long.
. "$(dirname "$0")/lib.sh"
case $(ldd "$build_dir/assay") in
*libasan*)
    echo "1..0 # SKIP built with sanitizers, which have to be the first that is loaded"
    exit 0
    ;;
esac
n=20
[ -z "${ASSAY_LONG-}" ] || n=500
export TMPDIR=$work PYTHONDONTWRITEBYTECODE=1
python3 "$source_dir/tests/fault/kills.py" "$n" 1
