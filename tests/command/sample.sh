#!/usr/bin/env bash
# The facts of the sample reports, as their author wrote them down in tests/facts.csv, against the tables.
. "$(dirname "$0")/lib.sh"

assay run "$source_dir/conf/ilacs.cfg" "$source_dir/tests/reports" --set "registers=[\"$source_dir/tests/register.csv\"]" -o out 2>log
same "the run" 0 $?
python3 - "$source_dir/tests/facts.csv" >compared <<'PY'
import csv, re, sys

def rows(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))

reports = {r["source"]: r for r in rows("out/reports.csv")}
grades = {(j["report_id"], j["area"]): j for j in rows("out/judgements.csv")}
areas = "overall leaders help_protection in_care in_care_and_care_leavers care_leavers adoption lscb".split()
facts = "framework framework_version inspection_start inspection_end published lead_inspector".split()
for g in rows(sys.argv[1]):
    r = reports.get(g["file"], {})
    items = [i for i in rows("out/improvements.csv") if i["report_id"] == r.get("report_id")]
    numbers = sorted({int(s["paragraph"]) for s in rows("out/sentences.csv")
                      if s["report_id"] == r.get("report_id") and s["paragraph"]})
    got = {f: r.get(f) for f in facts}
    got["provider"] = r.get("provider")
    got.update({a: grades.get((r.get("report_id"), a), {}).get("grade", "") for a in areas})
    got["n_improve"] = str(len(items))
    got["n_paragraphs"] = r.get("numbered_paragraphs")
    # every printed number from the first on is a paragraph of the model (findings and numbered recommendations)
    first, last = map(int, (g["first_last"] or "1-0").split("-"))
    missing = [n for n in range(first, last + 1) if n not in numbers]
    wrong = [f"{k}: want {g[k]!r}, got {v!r}" for k, v in got.items() if g[k] != (v or "")]
    wrong += [f"paragraphs without a sentence: {missing}"] if missing else []
    print(g["file"] + ("" if not wrong else "\t" + "; ".join(wrong)))
PY
while IFS=$'\t' read -r file wrong; do
    ok "$([ -z "$wrong" ] && echo 0 || echo 1)" "facts of $file" "$wrong"
done <compared
same "providers get their id from the register" "99001 99002 99003 99004" \
    "$(cells out/reports.csv provider_id | sort -u | xargs)"
same "no text of the closing boilerplate is a sentence" 0 "$(grep -c 'Piccadilly Gate\|Crown copyright\|does not exist' out/sentences.csv)"
finish
