#!/usr/bin/env bash
# Mistakes of plugins: each is told with the plugin's name, costs its report alone, or stops the run before the first.
. "$(dirname "$0")/lib.sh"

mkdir plugins
build_plugin "$source_dir/tests/plugins/faulty.c" plugins/faulty.so || exit 1
export ASSAY_PLUGIN_PATH=$work/plugins
reports=$source_dir/tests/reports/kestrelford
take "$source_dir/conf/." .
sed 's/{ plugin = "sentences"; }/{ plugin = "sentences"; }, { plugin = "faulty"; }/' ilacs.cfg >p.cfg
run() { assay run p.cfg "$reports" -o out "$@" 2>log; }

run
same "without a mistake" "0 0|" "$? $(cells out/faulty.csv count rate | sort -u)"

# mistakes in analyse(): MISTAKE | what errors.csv says
while IFS='|' read -r mistake says; do
    rm -rf out
    run --set "analysers.faulty.mistake=\"$mistake\""
    status=$?
    grep -qF -- ": faulty: $says" log
    told=$?
    same "$mistake" "4 0 no" "$status $told $([ -e out ] && echo output || echo no)"
    [ "$told" = 0 ] || sed 's/^/# /' log
done <<'CASES'
silent|failed without saying why
said but not returned|said so and returned 0
option type|asks for its option "mode" by another type than it declares
option name|asks for the option "colour", which it doesn't declare
value without row|puts a value without assay_row_begin() before it
end without row|puts a value without assay_row_begin() before it
undeclared table|gives a row of its table 7, which it doesn't declare
run row per report|gives a row of table faulty_run, whose rows are per run, in the wrong callback
line|gives a line, which only load() can
cursor|reads rows, which only summarise() can
cursor next|reads rows, which only summarise() can
undeclared layer|gives the layer "colour", which it doesn't declare
foreign layer|asks for the layer "polarity", which it doesn't declare to require or use
wrong kind|layer "faulty_label": its size isn't set, or its kind is 3 where 1 is declared
other layer kind|expects the layer "themes" to be of another kind
label out of range|layer "faulty_label": sentence
layer twice|layer "faulty_number": was given already for this report
endless number|layer "faulty_number": the number of sentence 0 is not finite
label that is no id|layer "faulty_label": its label 0 is no id
layer without a name|gives a layer that is NULL, or has no name
missing layer|did not give the layer "faulty_label", which it declares to provide
no numbers|layer "faulty_number": lacks number
falling set|layer "faulty_set": lacks set_first
span out of sentence|layer "faulty_spans": span 0 is out of its sentence
hits of nothing|asks for the hits of something that is no dictionary of its options
memory|needs more than the 512 MiB that a report may take (limits.memory_mib)
type|asks for the word of a token type that isn't there
missing column|table faulty, row 1: column count: is missing, and isn't nullable
wrong type|table faulty, row 1: column rate: takes a real, was given text
not finite|table faulty, row 1: column rate: NaN is no finite number
undeclared column|table faulty, row 1: column number 9 was put; the last is 2
no text|table faulty, row 1: column name: the text is not valid UTF-8
row not ended|table faulty, row 1: was begun, and not ended by assay_row_end
CASES

# a run in which one of several reports fails has the other's rows
rm -rf out
run --set 'analysers.faulty.mistake="none"' --set 'analysers.faulty.words=themes/childrens-services.cfg'
same "a dictionary that is set is handed over" "0 1" "$? $(cells out/faulty.csv count | sort -u)"
same "and its rows per run are written" 3 "$(cells out/faulty_run.csv count)"

# mistakes before the first report
while IFS='|' read -r mistake says; do
    before=$(digest out)
    run --set "analysers.faulty.mistake=\"$mistake\""
    status=$?
    grep -qF -- "p.cfg: plugin faulty: $says" log
    same "$mistake, before the first report" "2 0 $before" "$status $? $(digest out)"
done <<'CASES'
open|does not want to open
row in open|gives a row of its table 0, but this callback can't give rows
lookup|failed without saying why
report row per run|gives a row of table faulty, whose rows are per report, in the wrong callback
CASES

assay check p.cfg --set analysers.faulty.loud=true --set analysers.faulty.level=7 --set analysers.faulty.share=1 \
    --set analysers.faulty.mode=slow >/dev/null 2>log
same "options reach the plugin, and its log is made safe" "assay: note: faulty: level 7, share 1.00, mode slow?[2J" "$(cat log)"
for set in level=0:'"level" is 0, outside 1 to 9' share=1.5:'"share" is 1.5, outside 0 to 1' mode=fats:'"mode" can'"'"'t be "fats"; it is one of fast, slow' \
    level=2.5:'"level" must be an integer' loud=maybe:'"loud" must be true or false'; do
    assay check p.cfg --set "analysers.faulty.${set%%:*}" >/dev/null 2>log
    same "option ${set%%:*} is refused" "2 1" "$? $(grep -cF -- "${set#*:}" log)"
done
finish
