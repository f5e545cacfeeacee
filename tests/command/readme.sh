#!/usr/bin/env bash
# README.md prints real output: what stands behind "    $ " is run, and gives what stands below it.
. "$(dirname "$0")/lib.sh"

mkdir build
ln -s "$build_dir/assay" build/assay
ln -s "$source_dir/conf" "$source_dir/tests" .
assay run "$source_dir/conf/ilacs.cfg" "$source_dir/tests/reports" --set "registers=[\"$source_dir/tests/register.csv\"]" \
    -o build/out 2>log
same "the closing line of the run" "$(sed -n 's/^    \(assay: 12 reports.*\)/\1/p' "$source_dir/README.md" | sort -u)" "$(cat log)"
awk '/^    \$ / { on = 1 } !/^    / { on = 0 } on { sub(/^    /, ""); print }' "$source_dir/README.md" >session
ok "$([ -s session ] && echo 0 || echo 1)" "README.md shows commands with their output"
while IFS= read -r line; do
    case $line in
    '$ '*)
        printf '%s\n' "$line"
        bash -c "${line#\$ }" </dev/null
        ;;
    esac
done <session >got 2>&1
same "each gives what README.md prints" "$(cat session)" "$(cat got)"
finish
