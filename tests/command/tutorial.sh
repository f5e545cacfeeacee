#!/usr/bin/env bash
# doc/plugins.md, done as it says, in an empty folder: commands give what is printed below them, code is what has been
# made, and changes are made.
. "$(dirname "$0")/lib.sh"
pkg_config

mkdir empty && cd empty || exit 1
awk '
    /^```/ && kind { if (kind != "console") print "END_OF_BLOCK"; kind = ""; next }
    /^```(console|c|diff)$/ {
        kind = substr($0, 4)
        if (kind == "c") print "diff fathers.c - <<\"END_OF_BLOCK\" && echo \"# the code is that which was made\""
        if (kind == "diff") print "patch -s -p0 <<\"END_OF_BLOCK\" && echo \"# the change is made\""
        next
    }
    kind == "console" && /^\$ / { command = substr($0, 3); print "cat <<\"END_OF_BLOCK\"\n" $0 "\nEND_OF_BLOCK\n" command; next }
    kind && kind != "console" { print }
' "$source_dir/doc/plugins.md" >../session.sh
awk '
    /^```/ && kind { kind = ""; next }
    /^```(console|c|diff)$/ {
        kind = substr($0, 4)
        if (kind == "c") print "# the code is that which was made"
        if (kind == "diff") print "# the change is made"
        next
    }
    kind == "console" { print }
' "$source_dir/doc/plugins.md" >../expected
bash ../session.sh >../got 2>&1 </dev/null
same "each step does what the page says" "$(cat ../expected)" "$(cat ../got)"
ok "$([ "$(grep -c '^\$ ' ../expected)" -ge 15 ] && echo 0 || echo 1)" "and there are some"

cd fathers || exit 1
assay show reports/larkmoor-2024.txt >model.json
python3 - >counted <<'PY'
import csv, json, re
m = json.load(open("model.json", encoding="utf-8"))
judged = {r["sentence_id"]: r["polarity"] for r in csv.DictReader(open("out/sentences.csv", encoding="utf-8"))}
text = {r["sentence_id"]: r for r in csv.DictReader(open("out/sentences.csv", encoding="utf-8"))}
for a in m["areas"]:
    for entry, pattern in (("fathers", r"\b(?:father\w*|dads?)\b"), ("grandparents", r"\bgrandparent\w*|\bgrand(?:mother|father)s?\b")):
        rows = [r for r in text.values() if r["report_id"] == m["report_id"] and r["area"] == a["id"]]
        found = [(len(re.findall(pattern, r["text"], re.I)), r["polarity"]) for r in rows]
        if any(n for n, _ in found):
            print(a["id"], entry, sum(n for n, _ in found), sum(n > 0 for n, _ in found),
                  sum(n > 0 and p == "negative" for n, p in found), sep="|")
PY
same "its rows, counted another way" "$(cat counted)" "$(grep -h larkmoor -i out/fathers.csv | cut -d, -f5- | tr , '|')"
same "and described" "Places in the area that mention it." \
    "$(jq -r '.resources[] | select(.name == "fathers") | .schema.fields[] | select(.name == "mentions") | .description' out/datapackage.json)"
finish
