#!/usr/bin/env bash
# The shipped themes, by the dictionary alone, on sentences written for this test: a case is a line of themes.cases. Also how dictionaries nest.
. "$(dirname "$0")/lib.sh"
rules=(--set 'analysers.themes.evidence=""')

cases=$source_dir/tests/command/themes.cases
python3 - "$cases" >table.csv <<'PY'
import csv, sys
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["id", "text", "paragraph", "area"])
for n, line in enumerate(open(sys.argv[1], encoding="utf-8"), 1):
    if line.strip() and not line.startswith("#"):
        _, _, text, before, area = line.rstrip("\n").split("|")
        out.writerow([n, text, f"{before} {text}".strip(), area])
PY
assay code "$source_dir/conf/ilacs.cfg" table.csv -o coded.csv "${rules[@]}" 2>log
same "the sentences are coded" 0 $?
python3 - "$cases" >found <<'PY'
import csv, sys
coded = {r["id"]: set(r["themes"].split(";")) for r in csv.DictReader(open("coded.csv", encoding="utf-8"))}
for n, line in enumerate(open(sys.argv[1], encoding="utf-8"), 1):
    if line.strip() and not line.startswith("#"):
        must, not_, text, _, _ = line.rstrip("\n").split("|")
        has = coded[str(n)]
        wrong = [f"lacks {t}" for t in must.split(";") if t and t not in has]
        wrong += [f"has {t}" for t in not_.split(";") if t and t in has]
        print(f"{n}: {text} {', '.join(wrong) or 'as expected'}")
PY
while IFS= read -r line; do
    ok "$([[ $line == *" as expected" ]] && echo 0 || echo 1)" "${line//#/}"
done <found

# a finer theme: in the tables of its own, its parent's mentions as before; not in what assay code gives
report=$source_dir/tests/reports/kestrelford/2023-10-09.txt
themes=$source_dir/conf/themes/childrens-services.cfg
assay run "$source_dir/conf/ilacs.cfg" "$report" -o out 2>log
before=$(cells out/themes.csv theme area mentions sentences)
sed 's/^  { id = "management_oversight";/  { id = "state_of_supervision"; label = "State"; definition = "How it is"; parent = "supervision"; terms = [ "supervision is" ]; },\n&/' \
    "$themes" >nested.cfg
assay run "$source_dir/conf/ilacs.cfg" "$report" --set analysers.themes.dictionary=nested.cfg -o out 2>log
same "a run with a finer theme" 0 $?
same "the look-up names its parent and facet" "supervision|topic" \
    "$(cells out/themes_lookup.csv id parent facet | grep '^state_of_supervision|' | cut -d'|' -f2-)"
same "its places are its parent's, counted once" "$before" \
    "$(cells out/themes.csv theme area mentions sentences | grep -v '^state_of_supervision|')"
ok "$(cells out/themes.csv theme mentions | awk -F'|' '$1 == "state_of_supervision" { n += $2 } END { exit !n }'; echo $?)" \
    "it has mentions of its own"
ok "$(cells out/sentence_themes.csv theme | grep -qx state_of_supervision; echo $?)" "and its sentences"
assay code "$source_dir/conf/ilacs.cfg" table.csv --set analysers.themes.dictionary=nested.cfg -o nested.csv "${rules[@]}" 2>log
same "assay code gives the themes without a parent alone" "$(cells coded.csv id themes)" "$(cells nested.csv id themes)"

# a theme that the readers' codebook doesn't have: in the tables alone
echo 'id,text
1,Young carers are well supported.' >apart.csv
assay code "$source_dir/conf/ilacs.cfg" apart.csv -o apart.coded.csv 2>log
same "a theme that stands apart is not in what assay code gives" "1|" "$(cells apart.coded.csv id themes | grep '^1|')"
sed 's/Supervision/Young carers/' "$report" >carers.txt
assay run "$source_dir/conf/ilacs.cfg" carers.txt -o out 2>log
ok "$(cells out/sentence_themes.csv theme | grep -qx young_carers; echo $?)" "but in the tables of a run"

refused() { # what, sed script, message
    sed "$2" "$themes" >wrong.cfg
    assay check "$source_dir/conf/ilacs.cfg" --set analysers.themes.dictionary=wrong.cfg >/dev/null 2>log
    same "$1: exit status" 2 $?
    ok "$(grep -q "wrong.cfg:[0-9]*: $3" log; echo $?)" "$1: told with file and line"
}
refused "a misspelt parent" 's/parent = "placements"/parent = "placement"/' 'theme "unregistered_homes": no theme "placement" stands above it'
refused "an unknown facet" '0,/facet = "cohort"/s//facet = "group"/' 'theme "[a-z_]*": the facet "group" is none of topic, cohort and quality'
finish
