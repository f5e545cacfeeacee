#!/usr/bin/env bash
# A new term and a new theme are one line in a file, and are in the tables of the next run.
. "$(dirname "$0")/lib.sh"

report=$source_dir/tests/reports/kestrelford/2023-10-09.txt
themes=$source_dir/conf/themes/childrens-services.cfg
run() { assay run "$source_dir/conf/ilacs.cfg" "$report" --set "analysers.themes.dictionary=$1" -o out 2>log; }

run "$themes"
before=$(cells out/themes.csv theme area mentions)
same "the shipped dictionary has the codebook's themes, and young carers apart" 34 \
    "$(cells out/themes_lookup.csv id parent | grep -c '|$')"

sed 's/^      "supervision",/      "supervision",\n      "the borough",/' "$themes" >term.cfg
run term.cfg
same "a new term" 0 $?
counted=$(grep -oiE "the borough([^'s]|$)" "$report" | wc -l)
ok "$([ "$counted" -gt 0 ] && echo 0 || echo 1)" "the report has the new term"
same "its mentions are counted, and those of no other theme change" \
    "$(grep -v '^supervision|' <<<"$before")" "$(cells out/themes.csv theme area mentions | grep -v '^supervision|')"
sum() { awk -F'|' '$1 == "supervision" { n += $3 } END { print n }'; }
same "as many as the report has outside its boilerplate" "$(($(sum <<<"$before") + counted))" \
    "$(cells out/themes.csv theme area mentions | sum)"

sed 's/^themes = (/themes = (\n  { id = "fathers"; label = "Fathers"; definition = "Fathers and their part"; terms = [ "father*", "{dad|dads}" ]; },/' \
    "$themes" >theme.cfg
run theme.cfg
same "a new theme has a row in the look-up" "fathers|Fathers|Fathers and their part" \
    "$(cells out/themes_lookup.csv id label definition | head -n 1)"
same "and one per area" "$(cells out/themes.csv theme | grep -c '^supervision$')" "$(cells out/themes.csv theme | grep -c '^fathers$')"
same "the other themes are as before" "$before" "$(cells out/themes.csv theme area mentions | grep -v '^fathers|')"
same "the look-up carries the digest of the dictionary" "$(sha256sum <theme.cfg | cut -d' ' -f1)" \
    "$(cells out/themes_lookup.csv dictionary | sort -u)"
finish
