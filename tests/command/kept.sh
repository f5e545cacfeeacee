#!/usr/bin/env bash
# Plugins that were built for an earlier ABI of the same major load, and give what they give when they are built today.
# tests/abi/VERSION has their sources and what was made of them then, by tests/abi/build_kept.
. "$(dirname "$0")/lib.sh"

take "$source_dir/conf/." .
take "$source_dir/tests/abi" abi
header=$source_dir/include/assay/assay.h
now=$(sed -n 's/^#define ASSAY_ABI_M[A-Z]* *\([0-9]*\).*/\1/p' "$header" | paste -sd.)

# pipeline VERSION: with the four of them, and none of ours but one that they read
pipeline() {
    cat <<PIPELINE
profiles = [ "profiles/ofsted-childrens-services.cfg" ];
loaders = ( { plugin = "text"; }, { plugin = "kept_loader"; } );
analysers = ( { plugin = "judgements"; }, { plugin = "kept_analyser"; words = "abi/$1/words.cfg"; } );
summaries = ( { plugin = "kept_summary"; } );
writers = ( { plugin = "csv"; }, { plugin = "kept_writer"; } );
PIPELINE
}

for folder in abi/*/; do
    version=$(basename "$folder")
    same "ABI $version: the binaries are those that were kept" "" "$(cd "$folder" && sha256sum --quiet -c SHA256SUMS 2>&1)"
    if [ "$(uname -m)" != x86_64 ]; then
        ok 0 "ABI $version: they load # SKIP they were built for x86_64"
        continue
    fi
    for module in "$folder"kept_*.so; do
        name=$(basename "$module" .so)
        same "ABI $version: $name says what it was built for" "ABI      $version" \
            "$(ASSAY_PLUGIN_PATH=$folder assay plugins "$name" 2>&1 | grep '^ABI')"
        same "ABI $version: $name loads" "" "$(assay test-plugin --level load "$module" 2>&1 | grep -A 2 '^not ok')"
    done
    pipeline "$version" >p.cfg
    ASSAY_PLUGIN_PATH=$folder assay run p.cfg scaffold/common/reports scaffold/loader/reports -o kept 2>log
    same "ABI $version: they run" "0 assay: 3 reports, 0 failed, 0 duplicates; tables in kept" "$? $(cat log)"
    mkdir -p "today/$version"
    "$source_dir/tests/abi/build_kept" "$folder" "$source_dir/include" "today/$version" >log 2>&1
    ASSAY_PLUGIN_PATH=today/$version assay run p.cfg scaffold/common/reports scaffold/loader/reports -o today.out 2>log
    same "ABI $version: built today they give the same" "0 " "$? $(diff -r "${of_the_run[@]}" kept today.out 2>&1)"
    ok "$([ "$(wc -l <kept/kept_analyser.csv)" -gt 5 ] && [ "$(wc -l <kept/kept_summary.csv)" -gt 4 ] && echo 0 || echo 1)" \
        "ABI $version: and that is something"
    if [ "$version" = "$now" ] && [ "$(gcc --version | head -n 1)" = "$(cat "$folder/compiler")" ]; then
        same "ABI $version: the same compiler gives the same bytes" "" \
            "$(for f in "$folder"*.so; do cmp "$f" "today/$version/$(basename "$f")" 2>&1; done)"
    fi
done
ok "$([ -f "abi/$now/SHA256SUMS" ] && echo 0 || echo 1)" "there are some of the present ABI, $now"
finish
