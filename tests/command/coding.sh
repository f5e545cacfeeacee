#!/usr/bin/env bash
# assay code and assay validate: loose sentences get the codes that they would have in a report, and their agreement with a
# reader's is what it is when counted by hand.
. "$(dirname "$0")/lib.sh"

take "$source_dir/conf/." .
code() { assay code ilacs.cfg "$@" >printed 2>log; }
column() { python3 -c 'import csv, sys
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8")): print("|".join(row[c] for c in sys.argv[2:]))' "$@"; }

# ---- code

cat >table.csv <<'CSV'
note,id,text,paragraph,area
x,one,Supervision is not effective.,,leaders
x,two,"Care plans, which are poor, are late.","Social workers do well. Care plans,
which are poor,   are late. Much is good.",
x,three,The quality of case records.,,improvements
x,four,The inspection took place in March.,,
CSV
code table.csv -o coded.csv
same "code ends well and says nothing" "0 0 0" "$? $(cat printed log | wc -c) $(ls coded.csv.* 2>/dev/null | wc -l)"
same "the header is as documented" "id,polarity,score,themes,risks" "$(head -n 1 coded.csv)"
same "one row per sentence, in their order" "one two three four" "$(column coded.csv id | paste -sd' ')"
same "judgements are read" $'negative\nnegative\nnegative\nneutral' "$(column coded.csv polarity)"
same "themes too" $'supervision\nplanning' "$(column coded.csv themes | head -n 2 | sed 's/;.*//')"
same "scores are from -1 to 1" "" "$(column coded.csv score | awk '$1 < -1 || $1 > 1')"

# A report gives its sentences the same codes as the table of them does.
sample=(--set "registers=[\"$source_dir/tests/register.csv\"]")
assay run ilacs.cfg "$source_dir/tests/reports/wrayburn/2021-11-08.txt" "${sample[@]}" -o out --no-cache 2>log
python3 - <<'PY'
import csv, collections
rows = list(csv.DictReader(open("out/sentences.csv", encoding="utf-8")))
text = lambda r: r["text"][1:] if r["text"].startswith("'") and r["text"][1:].lstrip(" ")[:1] in tuple("=+-@") else r["text"]
groups = collections.defaultdict(list)
for r in rows: groups[r["area"], r["paragraph"]].append(r)
with open("again.csv", "w", newline="", encoding="utf-8") as f:
    out = csv.writer(f)
    out.writerow(["id", "text", "paragraph", "area"])
    for g in groups.values():
        if g[0]["paragraph"]: out.writerow([g[0]["sentence_id"], text(g[0]), " ".join(map(text, g)), g[0]["area"]])
PY
code again.csv -o coded.csv
same "a report's sentences have the codes that they have in a table" "" "$(python3 - <<'PY'
import csv
told = {r["sentence_id"]: (r["polarity"], r["score"]) for r in csv.DictReader(open("out/sentences.csv", encoding="utf-8"))}
for r in csv.DictReader(open("coded.csv", encoding="utf-8")):
    if told[r["id"]] != (r["polarity"], r["score"]): print(r["id"], told[r["id"]], r["polarity"], r["score"])
PY
)"

# ---- tables and outputs that are wrong

wrong() {
    local name=$1 says=$2
    shift 2
    echo before >coded.csv
    code "$@"
    same "$name" "2 before $says" "$? $(cat coded.csv) $(head -n 1 log)"
}
printf 'id,words\n1,x\n' >bad.csv
wrong "no text" "assay: error: bad.csv:1: the header has no column text" bad.csv -o coded.csv
printf 'id,text\n1,x\n2,y\n1,z\n' >bad.csv
wrong "an id twice" "assay: error: bad.csv:4: the id 1 is there already, in line 2" bad.csv -o coded.csv
printf 'id,text\n,x\n' >bad.csv
wrong "no id" "assay: error: bad.csv:2: the row has no id" bad.csv -o coded.csv
printf 'id,text\n1,\n' >bad.csv
wrong "an empty text" "assay: error: bad.csv:2: the row has no text" bad.csv -o coded.csv
wrong "a table that isn't there" "assay: error: none.csv: No such file or directory" none.csv -o coded.csv
wrong "no output" "assay code: give the table to write by -o OUT.csv; see assay code --help" table.csv
code table.csv -o nowhere/coded.csv
same "an output that can't be written" "3 assay: error: nowhere/coded.csv: No such file or directory" "$? $(cat log)"
assay code ilacs.cfg table.csv -o /dev/stdout 2>log | head -n 1 >printed
same "a pipe is written to" "id,polarity,score,themes,risks" "$(cat printed)"

# ---- validate

cat >codes.csv <<'CSV'
id,text,polarity,themes,risks
1,Supervision is not effective.,negative,supervision,supervision
2,Supervision is effective.,negative,supervision; recording,
3,Case records are poor.,negative,recording,recording
CSV
assay validate ilacs.cfg codes.csv -o differ.csv >printed 2>log
same "validate ends well" "0 0" "$? $(wc -c <log)"
same "it counts the sentences" "3 sentences" "$(head -n 1 printed)"
same "and tells how well the polarity agrees" "accuracy 0.667" "$(grep -o 'accuracy 0.667' printed)"
same "few are too few to judge" "" "$(grep -E '^  (supervision|recording|negative) ' printed | grep -v 'too few to judge')"
same "the disagreements are a table" $'2|polarity|negative|positive\n2|themes|recording;supervision|supervision' \
    "$(column differ.csv id field readers program)"
same "with the words that decided" "effective +" "$(column differ.csv cues | head -n 1)"
for ((i = 0; i < 30; i++)); do printf '%d,Supervision is %s.,%s\n' "$i" $([ $((i % 3)) = 0 ] && echo "poor negative" || echo "effective positive"); done |
    sed '1i id,text,polarity' >many.csv
sed -i 's/^1,\(.*\),positive/1,\1,negative/' many.csv
assay validate ilacs.cfg many.csv >printed
# 29 of 30 agree; by chance (11 * 10 + 19 * 20) / 900 do
same "kappa as counted by hand" "accuracy 0.967 kappa 0.927" "$(grep -oE '(accuracy|kappa) [0-9.]+' printed | paste -sd' ')"
assay validate ilacs.cfg table.csv >printed 2>log
same "a table without a reader's codes" \
    "2 assay: error: table.csv: it has none of the columns polarity, themes and risks to compare with" "$? $(cat log)"
finish
