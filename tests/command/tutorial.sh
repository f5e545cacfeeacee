#!/usr/bin/env bash
# doc/plugins.md, done as it says: the code in it is taken out, built and run.
. "$(dirname "$0")/lib.sh"

# block LANGUAGE N: the n-th fenced block of that language
block() {
    awk -v fence="\`\`\`$1" -v wanted="$2" '$0 == fence { n++; on = n == wanted; next } /^```/ { on = 0 } on' \
        "$source_dir/doc/plugins.md"
}
block c 1 >fathers.c
block cfg 1 >fathers.cfg
same "the tutorial has its code" "1 1" "$(grep -c 'ASSAY_PLUGIN(fathers)' fathers.c) $(grep -c entries fathers.cfg)"
${CC:-cc} -Wall -Wextra -Werror -shared -fPIC -I "$source_dir/include" fathers.c -o fathers.so
same "it is built in one line, without a warning" 0 $?
ASSAY_PLUGIN_PATH=$work assay plugins fathers >told
same "assay plugins tells its option and its table" 2 "$(grep -c 'words: dictionary, required\|fathers, per report' told)"

# the pipeline: the two settings of the page in a copy of ilacs.cfg
take "$source_dir/conf/." .
{
    awk '/^analysers/ { skip = 1 } !skip { print } /^\);/ { skip = 0 }' ilacs.cfg
    block cfg 2
} >p.cfg
assay check p.cfg >/dev/null 2>log
same "assay check" 0 $?
report=$source_dir/tests/reports/eastmere/2015-06-12.txt
assay run p.cfg "$report" -o out 2>log
same "assay run" 0 $?
assay show "$report" >model.json
python3 - >expected <<'PY'
import json, re
m = json.load(open("model.json", encoding="utf-8"))
for a in m["areas"]:
    if a["role"] == "judged":
        found = [len(re.findall(r"(?i)\b(?:father\w*(?:'\w+)?|dads?)\b", s["text"].replace("\u2019", "'")))
                 for b in m["blocks"] if b["area"] == a["id"] for s in b["sentences"]]
        print(a["id"], sum(found), sum(n > 0 for n in found), sep="|")
PY
same "its rows, counted another way" "$(cat expected)" "$(cells out/fathers.csv area mentions sentences)"
same "and described" "Places where fathers are mentioned." \
    "$(jq -r '.resources[] | select(.name == "fathers") | .schema.fields[] | select(.name == "mentions") | .description' out/datapackage.json)"
finish
