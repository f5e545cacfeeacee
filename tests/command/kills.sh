#!/usr/bin/env bash
# Runs that are killed: 20, and 500 in make check-long.
. "$(dirname "$0")/lib.sh"
preloads
n=20
[ -z "${ASSAY_LONG-}" ] || n=500
python3 "$source_dir/tests/fault/kills.py" "$n" 1
