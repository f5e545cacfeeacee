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
finish
