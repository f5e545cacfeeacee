#!/usr/bin/env bash
# The ABI is C's alone: a plugin in C++ and one in Rust, from nothing but what the header lays out.
. "$(dirname "$0")/lib.sh"

build_in_cpp() { c++ -std=c++11 -O2 -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden -I "$source_dir/include" "$1" -o "$2"; }
build_in_rust() { rustc --edition 2018 -D warnings -O -C panic=abort -C strip=symbols "$1" -o "$2"; }

take "$source_dir/conf/." .
for report in "$source_dir"/tests/reports/kestrelford/*.txt; do
    assay show "$report" | jq -r '.report_id as $id | .areas[] | select(.words > 0) | "\($id)|\(.id)|\(.words)"'
done | sort >expected
while IFS='|' read -r compiler name source; do
    if ! command -v "$compiler" >/dev/null; then
        ok 0 "$name # SKIP there is no $compiler"
        continue
    fi
    mkdir "$name"
    "build_$name" "$source_dir/tests/plugins/$source" "$name/$name.so" >log 2>&1
    same "$name: builds without a warning" "0 " "$? $(cat log)"
    assay test-plugin "$name/$name.so" >tap 2>&1
    same "$name: passes every check" "0 " "$? $(grep -A 2 '^not ok' tap)"
    sed "s/{ plugin = \"sentences\"; }/&, { plugin = \"$name\"; }/" ilacs.cfg >p.cfg
    ASSAY_PLUGIN_PATH=$name assay run p.cfg "$source_dir/tests/reports/kestrelford" -o out 2>log
    same "$name: runs beside ours" "0 assay: 3 reports, 0 failed, 0 duplicates; tables in out" "$? $(cat log)"
    same "$name: its words are those of the sentences" "$(cat expected)" \
        "$(cells "out/$name.csv" report_id area words | grep -v '|0$' | sort)"
done <<'LANGUAGES'
c++|in_cpp|in_cpp.cc
rustc|in_rust|in_rust.rs
LANGUAGES
finish
