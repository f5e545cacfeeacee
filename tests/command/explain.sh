#!/usr/bin/env bash
# assay explain: every number of a run's tables leads to its sentences.
. "$(dirname "$0")/lib.sh"

take "$source_dir/conf/." .
report=$source_dir/tests/reports/wrayburn/2021-11-08.txt
sample=(--set "registers=[\"$source_dir/tests/register.csv\"]")
assay run ilacs.cfg "$report" "${sample[@]}" -o out --no-cache 2>log
explain() { assay explain "$@" >printed 2>log; }
count() { python3 -c 'import csv, sys
print(sum(1 for r in csv.DictReader(open("out/" + sys.argv[1], encoding="utf-8")) if eval(sys.argv[2], {}, r)))' "$@"; }

explain out
same "all sentences" "0 $(count sentences.csv True) sentences" "$? $(tail -n 1 printed)"
for area in leaders help_protection improvements; do
    explain out --area $area
    same "those of $area" "$(count sentences.csv "area == '$area'") sentences" "$(tail -n 1 printed)"
    for theme in supervision timeliness; do
        explain out --area $area --theme $theme
        n=$(python3 -c 'import csv, sys
print(sum(int(r["sentences"]) for r in csv.DictReader(open("out/themes.csv")) if (r["area"], r["theme"]) == tuple(sys.argv[1:])))' $area $theme)
        same "as many on $theme in $area as themes.csv counts" "$n" "$(tail -n 1 printed | cut -d' ' -f1)"
    done
    for risk in delay recording; do
        explain out --area $area --risk $risk
        n=$(python3 -c 'import csv, sys
print(sum(int(r["weaknesses"]) for r in csv.DictReader(open("out/risks.csv")) if (r["area"], r["indicator"]) == tuple(sys.argv[1:])))' $area $risk)
        same "as many on $risk in $area as risks.csv counts" "$n" "$(tail -n 1 printed | cut -d' ' -f1)"
    done
done
explain out --area summary --theme private_fostering
same "no sentence is no failure" "0 0 sentences" "$? $(cat printed)"
for of in out "$report"; do
    from=()
    [[ $of == out ]] || from=(--pipeline ilacs.cfg "${sample[@]}")
    explain "$of" "${from[@]}" --theme supervison
    same "a theme that there isn't: ${of##*/}" "2 assay: error: $of: no theme \"supervison\"; did you mean \"supervision\"?" "$? $(cat log)"
    explain "$of" "${from[@]}" --risk stafing --area leaders
    same "a risk that there isn't: ${of##*/}" "2 assay: error: $of: no risk \"stafing\"; did you mean \"staffing\"?" "$? $(cat log)"
    explain "$of" "${from[@]}" --area leader --theme supervision
    same "an area that there isn't: ${of##*/}" "2 assay: error: $of: no area \"leader\"; did you mean \"leaders\"?" "$? $(cat log)"
    explain "$of" "${from[@]}" --area leaders --risk nothing_like_it
    same "one like no other: ${of##*/}" "2 assay: error: $of: no risk \"nothing_like_it\"" "$? $(cat log)"
done
rm out/themes_lookup.csv out/indicators_lookup.csv
explain out --theme supervison
same "without its look-up a theme is sought in those of sentences" "2 assay: error: out: no theme \"supervison\"; did you mean \"supervision\"?" "$? $(cat log)"
explain out --risk stafing
same "so is a risk" "2 assay: error: out: no risk \"stafing\"; did you mean \"staffing\"?" "$? $(cat log)"

explain out --area leaders --theme supervision
cp printed of_tables
explain "$report" --pipeline ilacs.cfg "${sample[@]}" --area leaders --theme supervision
same "the report itself is explained as its tables are" "$(cat of_tables)" "$(cat printed)"
same "with page and paragraph" "" "$(grep -E '^  [a-z]' printed | grep -vE '^  leaders, page [0-9]+(, paragraph [0-9]+)?: (positive|negative|mixed|neutral) -?[01]\.[0-9]{3}$')"
same "and the words that decided" 1 "$(grep -cm 1 -E '\[[^]]+\][+-]' printed)"

explain out --theme agency_staff
cp printed of_tables
explain "$report" --pipeline ilacs.cfg "${sample[@]}" --theme agency_staff
same "so is a finer theme" "$(cat of_tables)" "$(cat printed)"
ok "$(grep -qE '^[1-9][0-9]* sentence' printed; echo $?)" "of which there are sentences"

# Cues are marked as whole words; one whose middle is left out, from its first word to its last.
mkdir marked
cat >marked/sentences.csv <<'CSV'
report_id,provider,inspection_end,sentence_id,area,paragraph,page,polarity,score,cues,text
r,Wrayburn,2021-10-08,r-1,leaders,,1,mixed,0,"not ... teams effective -; not ... or clear -; regular +","A notable few are not in every one of the six teams effective or clear, irregular ones, or regular, which is not so or clear."
CSV
explain marked
same "marks" "    A notable few are [not in every one of the six teams effective]- or clear, irregular ones, or [regular]+, which is not so or clear." "$(sed -n 3p printed)"

explain nowhere
same "a report that isn't there" "4 assay: error: nowhere: No such file or directory" "$? $(cat log)"
mkdir empty
explain empty
same "a folder without tables" "2 assay: error: empty/sentences.csv: No such file or directory" "$? $(cat log)"
explain
same "nothing to explain" "2" $?
finish
