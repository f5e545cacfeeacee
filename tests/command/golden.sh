#!/usr/bin/env bash
# The tables of four sample reports, one of each form, as a person has read them against the reports. Where a change is
# meant, read the difference, then: UPDATE_GOLDEN=1 make check TESTS=tests/command/golden.sh
. "$(dirname "$0")/lib.sh"

golden=$source_dir/tests/golden
reports=$source_dir/tests/reports
assay run "$source_dir/conf/ilacs.cfg" "$reports/eastmere/2015-06-12.txt" "$reports/wrayburn/2021-11-08.txt" \
    "$reports/thornholt/2026-06-15.txt" "$reports/kestrelford/2024-07-19.txt" --set "registers=[\"$source_dir/tests/register.csv\"]" -o out 2>log
same "the run" 0 $?
# themes with their zeros are long and say little: those that are mentioned stand for them; the look-up is the
# dictionary's own text
awk -F, 'NR == 1 || $7 > 0' out/themes.csv >themes_mentioned.csv
for table in reports judgements improvements improvement_themes sentences sentence_themes themes_mentioned; do
    file=out/$table.csv
    [ -f "$file" ] || file=$table.csv
    if [ -n "${UPDATE_GOLDEN-}" ]; then
        mkdir -p "$golden" && cp "$file" "$golden/$table.csv"
    fi
    same "$table.csv" "$(cat "$golden/$table.csv")" "$(cat "$file")"
done
finish
