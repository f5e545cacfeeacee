#!/usr/bin/env bash
# A real report, where the corpus is there: North Somerset 2023. Its facts, and every mention of three themes looked up by
# eye (seed.mentions: paragraph, theme, words, how judged).
. "$(dirname "$0")/lib.sh"

seed=${ASSAY_CORPUS:-$source_dir/../shared/corpus}/seed/north-somerset-2023.txt
if [ ! -r "$seed" ]; then
    echo "1..0 # SKIP the corpus isn't there: $seed"
    exit 0
fi
assay run "$source_dir/conf/ilacs.cfg" "$seed" --set 'analysers.themes.evidence=""' -o out 2>log # the terms alone
same "the run" 0 $?
same "facts" "80528|North Somerset|2023-03-13|2023-03-24|Anna Gravelle|ilacs-2023|57" \
    "$(cells out/reports.csv provider_id provider inspection_start inspection_end lead_inspector framework_version numbered_paragraphs)"
same "judgements" "care_leavers|good
help_protection|requires_improvement
in_care|requires_improvement
leaders|requires_improvement
overall|requires_improvement" "$(cells out/judgements.csv area grade | sort)"
same "paragraphs 1 to 57, each once" "$(seq 57)" \
    "$(assay show "$seed" | jq '.blocks[] | select(.kind == "paragraph" and .number != null) | .number')"
same "six improvements" 6 "$(cells out/improvements.csv item_id | wc -l)"

# whole: the words of the model's paragraph are those between its printed number and the next in the file
assay show "$seed" >model.json
python3 - "$seed" >compared <<'PY'
import json, re, sys
words = lambda t: re.findall(r"\w+", t)
file = open(sys.argv[1], encoding="utf-8").read()
file = file[file.index("\n1. "):file.index("The Office for Standards in Education")]
file = re.sub(r"\nThe (experiences|impact)[^\n]*: (good|requires improvement to be good)\n", "\n", file)
parts = re.split(r"\n(\d+)\. ", file)[1:]
printed = {int(n): words(t) for n, t in zip(parts[::2], parts[1::2])}
for b in json.load(open("model.json", encoding="utf-8"))["blocks"]:
    if b["number"] and b["kind"] == "paragraph" and words(b["text"]) != printed.get(b["number"]):
        print("paragraph", b["number"], "differs")
PY
same "each paragraph is whole" "" "$(cat compared)"
same "nothing of the closing boilerplate is counted" 0 "$(grep -c 'Piccadilly\|Open Government\|eepurl' out/sentences.csv)"

python3 >found <<'PY'
import csv
def rows(name):
    with open(f"out/{name}.csv", newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))
sentences = {s["sentence_id"]: s for s in rows("sentences")}
for t in rows("sentence_themes"):
    if t["theme"] in ("supervision", "workforce_stability", "management_oversight"):
        s = sentences[t["sentence_id"]]
        at = int(t["begin"]) - int(s["begin"])
        words = s["text"].encode()[at:at + int(t["end"]) - int(t["begin"])].decode()
        print(s["paragraph"] or s["area"], t["theme"], words, sep="|")
PY
sed '/^#/d; /^$/d' "$source_dir/tests/command/seed.mentions" | cut -d'|' -f1-3 >expected
same "every mention of the three themes, none missed and none false" "$(sort expected)" "$(sort found)"
same "themes.csv counts them" "$(wc -l <expected)" \
    "$(cells out/themes.csv theme mentions | awk -F'|' '/^(supervision|workforce_stability|management_oversight)\|/ { n += $2 } END { print n }')"
finish
