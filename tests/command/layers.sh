#!/usr/bin/env bash
# Plugins of strangers beside ours: an analyser of polarity fills the columns that wait for one, a summary reads the rows
# of all reports, a second writer gets all that the first does.
. "$(dirname "$0")/lib.sh"

mkdir plugins
for name in opinion tally counter; do
    build_plugin "$source_dir/tests/plugins/$name.c" "plugins/$name.so" || exit 1
done
take "$source_dir/conf/." .
report=$source_dir/tests/reports/kestrelford/2023-10-09.txt
# opinion stands last in the file and has to run first; ours must not judge beside it
drop ilacs.cfg sentiment risk | sed 's/{ plugin = "sentences"; }/{ plugin = "sentences"; }, { plugin = "opinion"; }/; s/^summaries.*/plugin_path = [ "plugins" ];\nsummaries = ( { plugin = "tally"; } );/' \
    >p.cfg
assay run p.cfg "$report" -o out 2>log
same "the run" 0 $?
same "polarity and score of the sentences, in turn" $'positive|1.000\nnegative|-1.000\nmixed|0.000\nneutral|0.500\n|\npositive|1.000' \
    "$(cells out/sentences.csv polarity score | head -n 6)"
same "cues are joined" "first; second" "$(cells out/sentences.csv cues | sort -u | head -n 1)"
first=$(cells out/sentences.csv sentence_id | head -n 1)
same "risks of the first and the third sentence" "$first|staffing
$first|delay
${first%1}3|delay" "$(cells out/sentence_risks.csv sentence_id indicator)"
python3 - >compared <<'PY'
import csv
def rows(name):
    with open(f"out/{name}.csv", newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))
by_id = {s["sentence_id"]: s for s in rows("sentences")}
pairs = {(by_id[t["sentence_id"]]["area"], t["theme"], t["sentence_id"]) for t in rows("sentence_themes")}
for t in rows("themes"):
    mine = [by_id[p[2]] for p in pairs if p[:2] == (t["area"], t["theme"])]
    for polarity in ("positive", "negative", "mixed", "neutral"):
        if int(t[polarity]) != sum(s["polarity"] == polarity for s in mine):
            print(t["area"], t["theme"], polarity, "differs")
    if int(t["sentences"]) != len(mine):
        print(t["area"], t["theme"], "sentences differ")
PY
same "polarity by theme is that of its sentences" "" "$(cat compared)"

assay run p.cfg "$source_dir/tests/reports" -o out 2>log
python3 - >counted <<'PY'
import csv
from collections import Counter
with open("out/judgements.csv", newline="", encoding="utf-8") as f:
    counts = Counter((r["area"], r["grade"]) for r in csv.DictReader(f) if r["grade"])
print("\n".join(f"{a}|{g}|{n}" for (a, g), n in counts.items()))
PY
same "the summary has counted the grades of all reports" "$(sort counted)" "$(cells out/tally.csv area grade reports | sort)"

# ---- a second writer, and failures behind the last report

sed 's/{ plugin = "csv"; }/{ plugin = "counter"; }, { plugin = "csv"; }/' p.cfg >q.cfg
assay run q.cfg "$source_dir/tests/reports/kestrelford" -o out 2>log
python3 - >counted <<'PY'
import csv, json
for resource in json.load(open("out/datapackage.json", encoding="utf-8"))["resources"]:
    with open("out/" + resource["path"], newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    print(resource["name"], len(rows), sum(v != "" for r in rows for v in r.values()))
PY
same "a writer gets the rows and cells that the CSV has" "$(cat counted)" "$(cat out/counts.txt)"
before=$(digest out)
while IFS='|' read -r set says; do
    assay run q.cfg "$source_dir/tests/reports/kestrelford" -o out --set "$set" 2>log
    status=$?
    grep -qF -- "q.cfg: plugin $says" log
    same "$set: status 3, told, the earlier output untouched" "3 0 $before" "$status $? $(digest out)"
done <<'CASES'
writers.counter.fails=begin|counter: fails at the beginning
writers.counter.fails=write|counter: fails while writing
writers.counter.fails=end|counter: fails at the end
summaries.tally.table=themes_lookup|tally: there is no table "themes_lookup" per report
summaries.tally.table=nothing|tally: there is no table "nothing" per report
CASES
finish
