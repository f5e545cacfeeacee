#!/usr/bin/env bash
# Whatever happened to a folder, and however it is run over, the tables are those of a full run (histories.py).
. "$(dirname "$0")/lib.sh"

take "$source_dir/conf" conf
take "$source_dir/tests/reports" pool
rounds=2 steps=4
[ -z "${ASSAY_LONG:-}" ] || rounds=100 steps=10
for seed in $(seq "$rounds"); do
    mkdir "$seed"
    (cd "$seed" && ln -s ../conf ../pool . && python3 "$source_dir/tests/command/histories.py" "$seed" "$steps" >../log 2>&1)
    ok $? "history $seed: $steps runs, each with the tables of a full run" "$(cat log)"
    rm -rf "$seed"
done
finish
