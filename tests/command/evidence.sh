#!/usr/bin/env bash
# What words say of a sentence beside the rules: tables that an analyst can edit, and that are checked line by line.
. "$(dirname "$0")/lib.sh"

take "$source_dir/conf/." .
check() { assay check ilacs.cfg --set 'analysers.sentiment.evidence="evidence.csv"' >log 2>&1; }
table() { printf '%s\n' "term,rules,strength,weakness" "$@" >evidence.csv; }

any="<any>,,0,0"
# refused NAME MESSAGE LINE...: such a table is refused with its line and this reason
refused() {
    local name=$1 message=$2
    shift 2
    table "$any" "$@"
    check
    same "$name" "2 1" "$? $(grep -cF "evidence.csv:$message" log)"
}

table "<any>,,0,0" "lukewarm,,-1.5,2.5"
check
same "a table is read" 0 $?
refused "a misspelt property" '3: is no property of a sentence: "<behnd none>"' "<behnd none>,,1,1"
refused "a term that stands there twice" '4: stands there twice: "not yet"' "not yet,,1,1" "not yet,,2,2"
refused "a property that stands there twice" '3: stands there twice: "<any>"' "<any>,,1,1"
refused "a term that no word can match" '3: a term is words in small letters, with one blank between them: "well-being"' "well-being,,1,1"
refused "a capital" '3: a term is words in small letters, with one blank between them: "Not yet"' "Not yet,,1,1"
refused "a term of many words" '3: has more than 3 words: "not yet good enough"' "not yet good enough,,1,1"
refused "what is no number" '3: is no number: "much"' "not yet,,1,much"
refused "what is no polarity" '3: is no polarity: "bad"' "not,bad,1,1"
refused "a property for one polarity" '3: a property counts whatever the rules say: "<before none>"' "<before none>,positive,1,1"
refused "a line with a cell too few" "3: has 3 cells, not 4" "not yet,1,1"
refused "one with a cell too many" "3: has 5 cells, not 4" "not yet,,1,1,1"
echo "word,strength,weakness" >evidence.csv
check
same "another header" "2 1" "$? $(grep -cF 'evidence.csv:1: the first line is not "term,rules,strength,weakness"' log)"
printf '\xEF\xBB\xBFterm,rules,strength,weakness\r\nnot yet,,-1,1\r\n' >evidence.csv
check
same "as spreadsheets save it" 0 $?
: >evidence.csv
check
same "nothing at all" "2 1" "$? $(grep -c 'evidence.csv:1: the first line is not' log)"
printf 'term,rules,strength,weakness\nnot yet\0,,-1,1\n' >evidence.csv
check
same "no text" "2 1" "$? $(grep -cF 'evidence.csv: is no text: it has a byte 0' log)"
assay check ilacs.cfg --set 'analysers.sentiment.evidence="nowhere.csv"' >log 2>&1
same "a table that isn't there" "2 1" "$? $(grep -cF "nowhere.csv: can't be read: No such file or directory" log)"

# ---- what it does

printf '%s\n' id,text,paragraph 'a,"The offer is lukewarm.",' 'b,"Plans are good, and the offer is lukewarm.",' 'c,"The offer is hot.",' \
    'd,"They are 12.","The offer is lukewarm. They are 12."' >sentences.csv
# The polarities by a table of these lines.
coded() {
    table "$@"
    assay code ilacs.cfg sentences.csv -o coded.csv --set 'analysers.sentiment.evidence="evidence.csv"' 2>log || cat log
    cells coded.csv polarity | paste -sd' '
}
same "without a line the rules decide" "$(assay code ilacs.cfg sentences.csv -o coded.csv --set 'analysers.sentiment.evidence=""' && cells coded.csv polarity | paste -sd" ")" "$(coded)"
same "one that is there, once or twice, counts" "negative negative neutral neutral" "$(coded "<any>,,-1,-1" "lukewarm,,-1,2" "the,,0.1,0.1")"
same "a phrase needs its words side by side, from the first of the sentence on" "negative neutral negative neutral" "$(coded "<any>,,-1,-1" "^ the offer,,0,2" "offer lukewarm,,0,9")"
same "any number stands for all" "neutral neutral neutral negative" "$(coded "<any>,,-1,-1" "are #,,0,2")"
same "the rules count as they are told to" "negative mixed neutral neutral" "$(coded "<any>,,-1,-1" "good,positive,2,0" "lukewarm,positive,0,2")"
same "and what stands before" "neutral neutral neutral negative" "$(coded "<any>,,-1,-1" "<before none>,,0,-9" "<before positive>,,0,2")"
same "the score is the difference of the two probabilities, in hundredths" "-0.460|-0.460|0.000|0.000" "$(coded "lukewarm,,-1,1" >log; cells coded.csv score | paste -sd'|')"

# ---- what decided is told, and the findings agree

table "<any>,,-1,-1" "was,,0,3"
assay run ilacs.cfg "$source_dir/tests/reports/wrayburn/2021-11-08.txt" --set "registers=[\"$source_dir/tests/register.csv\"]" \
    --set 'analysers.sentiment.evidence="evidence.csv"' -o out 2>log
same "a report is read so" 0 $?
same "its blamed sentences have the word that decided" "0" "$(python3 - <<'PY'
import csv
rows = [r for r in csv.DictReader(open("out/sentences.csv", encoding="utf-8")) if r["area"] != "improvements"]
wrong = [r for r in rows if (r["polarity"] == "negative") != (" was " in f" {r['text'].lower()} ")]
untold = [r for r in rows if r["polarity"] == "negative" and "-" not in [c[-1] for c in r["cues"].split("; ") if c]]
blamed = [r for r in rows if r["polarity"] == "negative"]
print(len(wrong) + len(untold) if blamed else "none is blamed")
PY
)"
same "what needs to improve stays a weakness" "negative" "$(awk -F, 1 out/sentences.csv | python3 -c 'import csv, sys
print(*sorted({r["polarity"] for r in csv.DictReader(sys.stdin) if r["area"] == "improvements"}))')"

# ---- themes

check() { assay check ilacs.cfg --set 'analysers.themes.evidence="evidence.csv"' >log 2>&1; }
table() { printf '%s\n' "term,theme,weight" "$@" >evidence.csv; }
table "<any>,supervision,-1" "<rules supervision>,supervision,2" "not yet,supervision,-1.5" "not yet,health,1" "<before nothing>,health,1" "yet,unheard_of,1"
check
same "a table of themes; lines on themes that the dictionary lacks are passed over" 0 $?
any="<any>,health,0"
refused "a misspelt property" '3: is no property of a sentence: "<behnd health>"' "<behnd health>,health,1"
refused "a term whose lines stand apart" '5: stands there twice: "not yet"' "not yet,health,1" "late,health,1" "not yet,supervision,2"
refused "a property whose lines stand apart" '4: stands there twice: "<any>"' "late,health,1" "<any>,health,2"
refused "a theme twice" '4: the term has this theme twice: "health"' "late,health,1" "late,health,2"
refused "what is no number" '3: is no number: "much"' "late,health,much"
refused "a term of many words" '3: has more than 3 words: "not yet good enough"' "not yet good enough,health,1"
refused "no term" '3: a term is words in small letters, with one blank between them: ""' ",health,1"
table ",health,1"
check
same "no term in the first line" "2 1" "$? $(grep -cF 'evidence.csv:2: a term is words in small letters' log)"
refused "a term without an end" '3: is too long: ' "$(printf 'a%.0s' {1..200}),health,1"
printf '%s\n' id,text,paragraph 'a,"Supervision is lukewarm.",' 'b,"The offer is lukewarm.",' 'c,"This is lukewarm.","Supervision is good. This is lukewarm."' \
    'd,"Dentists are near.",' 'e,"The offer is hot.","Supervision is good. The offer is hot."' >sentences.csv
# The themes by a table of these lines.
coded() {
    table "$@"
    assay code ilacs.cfg sentences.csv -o coded.csv --set 'analysers.themes.evidence="evidence.csv"' 2>log || cat log
    cells coded.csv themes | paste -sd' '
}
same "without a line the dictionary decides" "$(assay code ilacs.cfg sentences.csv -o coded.csv --set 'analysers.themes.evidence=""' && cells coded.csv themes | paste -sd" ")" "$(coded)"
by_rules=$(coded)
same "a theme comes by a term" "$(sed 's/^supervision  /supervision health /' <<<"$by_rules")" "$(coded "<any>,health,-1" "the offer,health,-0.5" "offer is lukewarm,health,2.5")"
same "what a term speaks of stays; what was carried over goes" "supervision" "$(coded "<any>,supervision,-9" | tr -s ' ' | sed 's/ health//; s/ *$//')"
same "a theme comes by the sentence before" "supervision" "$(coded "<any>,supervision,-9" "<before supervision>,supervision,10" >log; cells coded.csv id themes | sed -n 's/^e|//p')"
finish
