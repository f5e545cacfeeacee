#!/usr/bin/env bash
# The polarity of sentences, rule by rule: the cases of polarity.cases are coded by the rules alone as a reader codes them.
. "$(dirname "$0")/lib.sh"
rules=(--set 'analysers.sentiment.evidence=""')

python3 - "$source_dir/tests/command/polarity.cases" <<'PY'
import csv, sys
with open("table.csv", "w", newline="", encoding="utf-8") as table, open("wanted", "w", encoding="utf-8") as wanted:
    out = csv.writer(table)
    out.writerow(["id", "text", "paragraph", "area"])
    for number, line in enumerate(open(sys.argv[1], encoding="utf-8"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        polarity, text = line.rstrip("\n").split("\t")
        area = "help_protection"
        for mark, there in (("[improvements] ", "improvements"), ("[unknown] ", "")):
            if text.startswith(mark):
                area, text = there, text.removeprefix(mark)
        before, _, sentence = text.rpartition(" || ")
        out.writerow([number, sentence, f"{before} {sentence}".strip(), area])
        wanted.write(f"{number}\t{polarity}\t{sentence}\n")
PY
assay code "$source_dir/conf/ilacs.cfg" table.csv -o coded.csv "${rules[@]}" 2>log
same "the cases are coded" "0 " "$? $(cat log)"
while IFS=$'\t' read -r number polarity sentence; do
    same "$sentence" "$polarity" "$(awk -F, -v id="$number" '$1 == id { print $2 }' coded.csv)"
done <wanted

# The score: half for what is plainly said, more for words of degree, less for what is only provided.
cat >table.csv <<'CSV'
id,text
provided,Care leavers receive help with budgeting.
praised,Supervision is effective.
acclaimed,Supervision is highly effective.
twice,Supervision is highly effective and impressive.
blamed,Supervision is irregular and inconsistent.
grave,Supervision is poor.
mixed,"Supervision is regular, but records of it are vague."
neutral,A new framework is being developed.
CSV
assay code "$source_dir/conf/ilacs.cfg" table.csv -o coded.csv "${rules[@]}" 2>log
same "scores" "0.400 0.500 0.750 1.000 -0.500 -0.750 -0.150 0.000" "$(awk -F, 'NR > 1 { print $3 }' coded.csv | paste -sd' ')"

# What decided is told, with the words that turned it: as a whole up to six words between, else by its ends.
cat >table.csv <<'CSV'
id,text,polarity
near,Supervision is not always effective.,neutral
six,Supervision is not in every one of the teams effective.,neutral
seven,Supervision is not in every one of the six teams effective.,neutral
one,Visits are late.,neutral
CSV
assay validate "$source_dir/conf/ilacs.cfg" table.csv -o differ.csv "${rules[@]}" >printed 2>log
while IFS='|' read -r id cues; do
    same "the cues of $id" "$cues" "$(awk -F, -v id="$id" '$1 == id { print $5 }' differ.csv)"
done <<'CASES'
near|not always effective -
six|not in every one of the teams effective -
seven|not ... teams effective -
one|late -
CASES

# The lexicon is the analyst's to edit.
mkdir conf && cp -r "$source_dir/conf/." conf
sed -i 's/"well",/"well", "zestful",/' conf/lexicons/inspection.cfg
printf 'id,text\na,Staff are zestful.\n' >table.csv
assay code conf/ilacs.cfg table.csv -o coded.csv "${rules[@]}" 2>log
same "a word that is added counts" "a,positive" "$(sed -n 2p coded.csv | cut -d, -f1,2)"
sed -i 's/id = "negation"/id = "negatoin"/' conf/lexicons/inspection.cfg
assay check conf/ilacs.cfg >printed 2>log
same "a kind that is missing is named before any report" "2 1" "$? $(grep -c 'the lexicon has no entry "negation"' log)"
finish
