#!/usr/bin/env bash
# The analyser risk: the indicators that sentences must get and must not get by the definitions of the dictionary, in
# risk.csv; and its tables on a report whose sentences are counted by hand.
. "$(dirname "$0")/lib.sh"

take "$source_dir/conf/." .
table=$source_dir/tests/command/risk.csv

# ---- sentences

assay code ilacs.cfg "$table" -o coded.csv 2>log
same "the sentences are coded" 0 $?
python3 - "$table" >differences <<'PY'
import csv, sys
ids = lambda cell: set(cell.split(";")) - {""}
coded = {r["id"]: ids(r["risks"]) for r in csv.DictReader(open("coded.csv", encoding="utf-8"))}
for r in csv.DictReader(open(sys.argv[1], encoding="utf-8")):
    for i in sorted(ids(r["must"]) - coded[r["id"]]): print(r["id"], "lacks", i)
    for i in sorted(ids(r["mustnot"]) & coded[r["id"]]): print(r["id"], "has", i)
PY
same "each has the indicators it must have, and none that it must not" "" "$(cat differences)"

# ---- the tables

# Counted by hand: what each area says of supervision and of workload, and with which word of proportion. A sentence that
# reports both counts as a weakness; the summary and the list of what needs to improve are areas, but not judged ones.
cat >larkmere.txt <<'TXT'
Inspection of Larkmere Metropolitan
Borough Council local authority
children’s services

Inspection dates: 3 to 14 June 2024

Lead inspector: Ruth Oldershaw, His Majesty’s Inspector

Judgement
Grade

The impact of leaders on social work
practice with children and families

Good

The experiences and progress of
children who need help and protection

Requires improvement to be
good

The experiences and progress of
children in care

Good

The experiences and progress of
care leavers

Good

Overall effectiveness

Good

Supervision is irregular.

What needs to improve?

◼ The quality of supervision.

The experiences and progress of children who need help and
protection: requires improvement to be good

1.
Supervision is poor for most workers. For some workers, supervision is weak.
Supervision in the duty team is strong. The team moved to a new office in May.

2.
Caseloads are too high.

The experiences and progress of children in care: good

3.
Supervision is good. Caseloads allow good work.

The experiences and progress of care leavers: good

4.
Personal advisers meet young people in cafés. Supervision is effective, but
almost all caseloads are too high.
TXT
assay run ilacs.cfg larkmere.txt -o out --no-cache 2>log
same "the report is read" 0 $?
rows() { cells "$@" | grep -E '(^|\|)(supervision|workload)\|'; }
same "weaknesses, strengths, the strongest proportion and the score" \
"leaders|workload|0|0|0||
leaders|supervision|0|0|0||
help_protection|workload|1|0|5||0.667
help_protection|supervision|2|1|5|most|0.600
in_care|workload|0|1|2||0.333
in_care|supervision|0|1|2||0.333
care_leavers|workload|1|0|2|almost_all|0.667
care_leavers|supervision|0|1|2||0.333
summary|workload|0|0|1||
summary|supervision|1|0|1||0.667
improvements|workload|0|0|1||
improvements|supervision|1|0|1||0.667" \
    "$(rows out/risks.csv area indicator weaknesses strengths area_sentences prevalence score)"
same "of the judged areas with sentences, those that report the weakness" \
    $'workload|2|3|2|1|0.667\nsupervision|1|3|2|3|0.333' \
    "$(rows out/cross_area.csv indicator areas_reported areas_judged weaknesses strengths score)"
same "an indicator of which nothing is said has its row" "0|3|0|0|0.000" \
    "$(cells out/cross_area.csv indicator areas_reported areas_judged weaknesses strengths score | sed -n 's/^voice|//p')"
same "a row per area and indicator, and per indicator" "$((6 * 17)) 17 17" \
    "$(cells out/risks.csv area | wc -l) $(cells out/cross_area.csv indicator | wc -l) $(cells out/indicators_lookup.csv id | wc -l)"

# Twelve words stand between the subject and the word of blame.
printf 'id,text\nfar,Supervision matters in the town and in its teams because the work is poor.\n' >reach.csv
for reach in 11 12; do
    assay code ilacs.cfg reach.csv -o "reach$reach.csv" --set analysers.risk.reach=$reach 2>>log
done
same "a word of blame blames a subject within its reach" " supervision" "$(cells reach11.csv risks) $(cells reach12.csv risks)"
finish
