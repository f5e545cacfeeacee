#!/usr/bin/env bash
# The area SEND reports of the corpus against tests/send_facts.csv, which a person has read off the PDFs: outcome, days
# of the inspection, and how many areas for priority action and for improvement there are. Skipped where the corpus isn't.
. "$(dirname "$0")/lib.sh"

corpus=${ASSAY_CORPUS:-$source_dir/../shared/corpus}
if [ ! -d "$corpus/send" ]; then
    echo "1..0 # SKIP the corpus isn't there: $corpus/send"
    exit 0
fi
assay run "$source_dir/conf/ilacs.cfg" "$corpus/send" -o out 2>log
same "the run" 0 $?
python3 - "$source_dir/tests/send_facts.csv" >compared <<'PY'
import csv, sys
from collections import Counter

def rows(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))

reports = {r["source"]: r for r in rows("out/reports.csv")}
outcomes = {j["report_id"]: j["grade"] for j in rows("out/judgements.csv") if j["area"] == "overall"}
items = Counter(i["report_id"] for i in rows("out/improvements.csv"))
for g in rows(sys.argv[1]):
    r = reports.pop(g["file"], {})
    got = {"profile": r.get("profile"), "outcome": outcomes.get(r.get("report_id")), "start": r.get("inspection_start"),
           "end": r.get("inspection_end"), "items": items[r.get("report_id")]}
    want = {"profile": "ofsted-area-send", "outcome": g["outcome"], "start": g["start"], "end": g["end"],
            "items": int(g["priority_actions"]) + int(g["improvements"])}
    wrong = [f"{k}: want {want[k]!r}, got {got[k]!r}" for k in want if got[k] != want[k]]
    wrong += [f"no {k}" for k in ("provider_id", "lead_inspector") if not r.get(k)]
    print(g["file"] + ("" if not wrong else "\t" + "; ".join(wrong)))
for source in reports:
    print(source + "\tisn't in the table")
PY
while IFS=$'\t' read -r file wrong; do
    ok "$([ -z "$wrong" ] && echo 0 || echo 1)" "facts of $file" "$wrong"
done <compared
finish
