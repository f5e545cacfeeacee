#!/usr/bin/env bash
# Every call of a run that can fail, failing: two of each kind, and all of them in make check-long.
. "$(dirname "$0")/lib.sh"
preloads
n=2
[ -z "${ASSAY_LONG-}" ] || n=0
python3 "$source_dir/tests/fault/faults.py" --points "$n"
