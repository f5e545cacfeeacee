#!/usr/bin/env bash
# Every call of a run that can fail, failing: two of each kind, and all of them in make check-long.
. "$(dirname "$0")/lib.sh"
case $(ldd "$build_dir/assay") in
*libasan*)
    echo "1..0 # SKIP built with sanitizers, which have to be the first that is loaded"
    exit 0
    ;;
esac
n=2
[ -z "${ASSAY_LONG-}" ] || n=0
export TMPDIR=$work PYTHONDONTWRITEBYTECODE=1
python3 "$source_dir/tests/fault/faults.py" --points "$n"
