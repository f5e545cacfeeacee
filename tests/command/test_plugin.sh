#!/usr/bin/env bash
# assay test-plugin: our own plugins pass at every level, and of plugins that do one thing wrong fails the check
# that is made for it, and no other.
. "$(dirname "$0")/lib.sh"

take "$source_dir/conf/." .
# Reports that take a second are too slow; and since every check reads the dictionaries anew, there is but a lexicon, and
# of each of its lists the first term.
sed 's/^profiles/limits = { seconds = 1; };\n&/; s/inspection\.cfg/first_terms.cfg/; /plugin = "themes"/d; /plugin = "risk"/,/}/d' \
    ilacs.cfg >quick.cfg
python3 - <<'EOF'
import re
with open("lexicons/inspection.cfg", encoding="utf-8") as f:
    text = f.read()
item = r'(?:"[^"]*"|#[^\n]*\n|[\s,])*'
with open("lexicons/first_terms.cfg", "w", encoding="utf-8") as f:
    f.write(re.sub(r'= \[(?:\s|#[^\n]*\n)*("[^"]*")' + item + r'\]', r'= [ \1 ]', text))
EOF
sandbox=true # and the C library's own heap: neither is there in builds for sanitizers and coverage
! assay test-plugin text | grep -q 'run.sandbox # SKIP this build' || sandbox=false

# verdicts FILE: "ID seen" of each check that failed
failed() { sed -n "s/^not ok [0-9]* - //p; s/^  seen: '\(.*\)'$/  \1/p" "$1" | sed "s/''/'/g"; }

# ---- our own

for module in "$build_dir"/plugins/*/.libs/*.so; do
    name=$(basename "$module" .so)
    files=()
    [ "$name" != pdf ] || files=("$source_dir"/tests/pdf/*.pdf)
    [ "$name" != text ] || files=("$source_dir"/tests/reports/eastmere/*.txt)
    assay test-plugin "$name" "${files[@]}" >out 2>log
    same "$name passes every check" "0 " "$? $(failed out)$(cat log)"
    same "$name: the plan counts what was told" "1..$(grep -c '^\(not \)\?ok ' out)" "$(grep '^1\.\.' out)"
    n=$(grep -c '^ok [0-9]* - ' out)
    ok $((n < 60)) "$name: there are at least 60 checks" "$n"
done

# ---- bad ones: SOURCE CASE (plain: where memory and system calls are watched) CHECK WHAT IT SAYS

cases() {
    cat <<'CASES'
analyser|says_no_summary|doc.summary|the line of its summary is "bad_analyser"
analyser|says_no_option|doc.options|the line of its option least is "least"
analyser|says_no_table|doc.tables|the line of its table bad is "bad"
analyser|says_no_column|doc.columns|the line of its column bad.words is "words"
analyser|says_no_layer|doc.layers|the line of its layer bad is "bad"
analyser|lacks_a_unit|doc.units|the column bad.weight has no unit
analyser|has_no_licence|doc.licence|its licence is "free for all"
analyser|nothing -DEXPORTS=another_one|module.exports|it exports another_one too
analyser|prints_when_loaded|module.quiet|it prints 10 bytes while it is loaded
analyser|needs_a_layer|pipeline.loads|the plugin bad_analyser requires the layer "nobody"
analyser|fails_to_open|open.works|can't be opened
analyser|crashes_in_close|close.works|close()
analyser|fails|run.works|analyse() on a report as most are: doesn't like it
analyser|wrong_row|run.rows|table bad, row 1: column words: takes an integer, was given text
analyser|missing_layer|run.layers|did not give the layer "bad"
analyser|undeclared_option|run.calls|asks for the option "most", which it doesn't declare
analyser|wrong_return|run.returns|it returned 1
analyser|counts_on|run.repeat|table bad, row 1, column words:
analyser|shares_self|run.instances|
analyser|breaks_at_most|option.limits|open()
analyser|refuses_at_most|option.limits|least=50L: 50 are too many
analyser|breaks_at_a_choice|option.choices_work|open()
analyser|wants_no_zero|option.numbers|with weight=0
analyser|crashes_on_no_text|option.texts|with title=""
analyser|crashes_on_an_empty_file|option.files|with notes="/dev/null"
analyser|ignores_a_file|option.missing_file|open() works with notes="/nonexistent/file"
analyser|compares_addresses|option.round_trip|as they are, and written out: table bad, row
analyser|ignores_an_option|option.used|it never asks for its option "weight"
analyser|sets_locale|state.locale|the locale: C before it was loaded, C.UTF-8 after it has run
analyser|changes_folder|state.folder|the current folder:
analyser|sets_umask|state.umask|the mask of new files: 022 before it was loaded, 000 after it has run
analyser|handles_a_signal|state.signals|handled SIGUSR1
analyser|rounds_up|state.rounding|the rounding mode:
analyser|leaves_a_child|state.children|child processes: none before it was loaded, some after it was closed
analyser|leaves_a_daemon|state.children|child processes: none before it was loaded, some after it was closed
analyser|leaves_a_thread|state.threads|the number of threads: 1 before it was loaded, 2 after it was closed
analyser|leaves_a_file|state.descriptors|the number of open files:
analyser|leaks plain|state.heap|bytes of the heap are not freed
analyser|depends_on_order|run.order|before and after another report: table bad, row 1, column words:
analyser|depends_on_types|run.types|with other numbers for the same words: table bad, row 1, column words:
analyser|doubles_a_key|run.keys|table bad: rows 1 and 2 have the same primary key
analyser|prints|run.streams|it prints 13 bytes, which begin with "
analyser|calls_the_system plain|run.sandbox|analyse() made the system call getppid on a report as most are
analyser|calls_it_once plain|run.sandbox|analyse() made the system call getppid on a report as most are
analyser|needs_an_absent_layer|run.absent|while the layers that it uses are absent
analyser|uses_nobodys_layer|layer.known|it uses the layer "polarty", which no plugin that is found provides; did you mean "polarity"?
analyser|needs_a_label|run.unlabelled|analyse()
analyser|overruns plain|run.overrun|analyse()
analyser|reads_beyond|run.bounds|analyse()
analyser|writes_to_the_report|run.bounds|analyse()
analyser|ignores_no_memory|host.alloc|while call 2 of assay_alloc() failed
analyser|ignores_no_row|host.row_end|while call 1 of assay_row_end() failed
analyser|fails_on_empty|report.empty|analyse() on a report without areas, blocks or sentences: wants another report
analyser|fails_on_headings|report.headings|wants another report
analyser|fails_on_wordless|report.wordless|wants another report
analyser|fails_on_ungraded|report.ungraded|wants another report
analyser|fails_on_factless|report.factless|wants another report
analyser|fails_on_unknown_area|report.unknown_area|wants another report
analyser|loops_on_a_long_sentence|report.long_sentence|analyse() took longer than 1 s of processor time on a report with a sentence of 20,000 words
analyser|crashes_on_a_long_word|report.long_word|analyse()
analyser|is_quadratic|report.many_sentences|analyse() took longer than 1 s of processor time on a report of 10,000 sentences
analyser|has_room_for_99_areas|report.many_areas|on a report of 200 areas
analyser|has_room_for_999_blocks|report.many_blocks|on a report of 5,000 blocks
analyser|fails_on_hebrew|report.right_to_left|wants another report
analyser|fails_on_emoji|report.emoji|wants another report
analyser|fails_on_marks|report.marks|wants another report
loader|wrong_line|run.lines|line 1: is on page 0
loader|too_sure|run.returns|accept() on a text of two lines: it returned 200, not 0 to 100
loader|changes_its_mind|loader.accept|accept() returned 50, and after load() 40
loader|reads_beyond plain|loader.bounds|load()
loader|crashes_on_noise|loader.strange|on 16 bytes of noise
loader|crashes_when_cut|loader.truncated|on the first
loader|crashes_when_damaged|loader.flipped|with 4 bytes changed
loader|calls_the_system plain|run.sandbox|load() made the system call
loader|ignores_no_memory|host.alloc|while call 1 of assay_alloc() failed
summary|wrong_row|run.rows|column what
summary|doubles_a_key|run.keys|table bad: rows 1 and 2 have the same primary key
summary|divides_by_reports|summary.none|summarise()
summary|wants_two|summary.one|over 1 report: one report can't be compared
summary|has_room_for_99|summary.many|over 120 reports
summary|needs_a_table|run.absent|while tables of analysers are absent
summary|goes_on_without_rows|host.cursor_rows|while call 2 of assay_cursor_rows() failed
writer|keeps_no_folder_to_itself|writer.no_folder|it fails in no callback into a folder that isn't there
writer|misses_a_full_disk|writer.full_disk|it fails in no callback where no file can be longer than 1024 bytes
writer|fails_without_a_word|writer.full_disk|failed without saying why
writer|wants_rows|writer.none|without a report: there is too little to write
writer|wants_plain_texts|writer.marks|with texts full of signs
writer|needs_an_end|writer.unfinished|close()
writer|writes_the_time|run.repeat|the file rows.txt differs
CASES
}

# try_case N KIND CASE: builds it and keeps what test-plugin says of it
try_case() {
    local flags=${3#* }
    [ "$flags" != "$3" ] && [ "$flags" != plain ] || flags=
    mkdir "$1"
    # shellcheck disable=SC2086
    build_plugin "$source_dir/tests/plugins/bad_$2.c" "$1/bad_$2.so" -w -DBAD="${3%% *}" $flags
    assay test-plugin --pipeline quick.cfg "$1/bad_$2.so" >"$1/out" 2>"$1/log"
    echo $? >"$1/status"
}
export -f try_case build_plugin
export source_dir

for kind in analyser loader summary writer; do # as they are but for nothing, they pass
    try_case "$kind" $kind nothing
    same "bad_$kind that does nothing wrong" "0 " "$(cat $kind/status) $(failed $kind/out)$(cat $kind/log)"
done
cases | awk -F'|' '{ print NR; print $1; print $2 }' | xargs -d '\n' -n 3 -P 2 bash -c 'try_case "$@"' case
n=0
while IFS='|' read -r kind case check says; do
    n=$((n + 1))
    case "$sandbox $case" in false*plain) continue ;; esac
    got=$(failed "$n/out")
    case "$(cat "$n/status") $got" in
    "1 $check"$'\n'"  "*"$says"*) ok $((($(grep -c . <<<"$got") == 2) ? 0 : 1)) "$kind: $case" "$got" ;;
    *) ok 1 "$kind: $case" "expected $check, $says
$got $(cat "$n/log")" ;;
    esac
done < <(cases)

# ---- descriptors, of which nothing is called

descriptors() {
    cat <<'CASES'
ODD_NOTHING|module.loads|exports no descriptor named odd_LTX_assay_plugin
ODD_UNDEFINED|module.loads|undefined symbol: nobody_defines_this
ODD_MAGIC=7|descriptor.magic|make it by ASSAY_PLUGIN and ASSAY_HEAD
ODD_MAJOR=7|descriptor.abi|was built for plugin ABI 7.0
ODD_MINOR=7|descriptor.abi|was built for plugin ABI 1.7
ODD_SIZE=8|descriptor.size|says that it has 8 bytes
ODD_KIND=9|descriptor.kind|its kind is 9
ODD_NAME=NULL|descriptor.name|its name is ""
ODD_VERSION=NULL|descriptor.version|its version is missing
ODD_LICENCE=NULL|descriptor.licence|its licence is missing
ODD_ANALYSE=NULL|descriptor.callbacks|must have the callbacks analyse
CASES
}
while IFS='|' read -r flag check says; do
    mkdir "$flag"
    build_plugin "$source_dir/tests/plugins/odd.c" "$flag/odd.so" "-D$flag"
    assay test-plugin "$flag/odd.so" >out 2>log
    got=$(failed out)
    case "$? $got" in
    "0 $check"$'\n'"  "*"$says"*) ok $((($(grep -c . <<<"$got") == 2) ? 0 : 1)) "descriptor: $flag" "$got" ;;
    *) ok 1 "descriptor: $flag" "$got" ;;
    esac
    same "descriptor: $flag: nothing else is checked" "" "$(grep -v 'module\.\|descriptor\.\|option\.\|layer\.\|table\.' out | grep '^ok')"
done < <(descriptors)

# ---- how it is used

# refused WHAT ARGUMENTS...
refused() {
    local what=$1
    shift
    assay test-plugin "$@" >out 2>log
    same "refused: $*" "2 1" "$? $(grep -cF -e "$what" log)"
}
refused "give a module, or the name of an installed plugin"
refused "--level takes load, contract, robust or good" --level high text
refused "--set takes OPTION=VALUE" --set least text
refused "--set takes OPTION=VALUE" --set loaders.text.least=3 text
refused "nowhere.so: No such file or directory" nowhere.so
refused 'there is no plugin "nowhere"' nowhere
refused "nowhere.cfg: No such file or directory" --pipeline nowhere.cfg text
cp "$build_dir/plugins/loaders/.libs/text.so" Text.so
refused "Text.so: is no module's name" Text.so
TMPDIR=$work/nowhere refused "no folder for the tests can be made" text
mkdir sleeps place
build_plugin "$source_dir/tests/plugins/bad_analyser.c" sleeps/bad_analyser.so -w -DBAD=sleeps
TMPDIR=$work/place assay test-plugin sleeps/bad_analyser.so >out 2>log &
until grep -q open.works out; do sleep 0.1; done
kill "$!"
wait "$!"
same "who stops it finds no process and no folder" "2 Bail out! stopped by SIGTERM  " \
    "$? $(tail -n 1 out) $(ls place) $(pgrep -f sleeps/bad_analyser.so)"
same "a file that isn't there" "2 Bail out! nowhere.pdf: No such file or directory" \
    "$(assay test-plugin text nowhere.pdf >out 2>log; echo $?) $(tail -n 1 out)"
same "a level leaves out what is beyond it" "0 load" \
    "$(assay test-plugin --level load text >out; echo $?) $(grep -q 'ok.*table.once' out && ! grep -q 'doc\.\|run\.' out && echo load)"
assay test-plugin --pipeline quick.cfg --set least=70 analyser/bad_analyser.so >out 2>log
same "an option that can't be is told" "pipeline.loads" "$(failed out | head -n 1)"
assay test-plugin --pipeline quick.cfg --set least=20 --set mode=first analyser/bad_analyser.so >out 2>log
same "options that can be are taken" "0 " "$? $(failed out)"
finish
