#!/usr/bin/env bash
# What a run says on standard error: for readers, for programs (JSON), for the journal of systemd, on a terminal.
. "$(dirname "$0")/lib.sh"

take "$source_dir/conf/." .
reports=$source_dir/tests/reports/eastmere
n_reports=$(find "$reports" -name '*.txt' | wc -l)
mkdir plugins bad
build_plugin "$source_dir/tests/plugins/hostile.c" plugins/hostile.so || exit 1
export ASSAY_PLUGIN_PATH=$work/plugins
sed 's/{ plugin = "sentences"; }/&, { plugin = "hostile"; }/' ilacs.cfg >hostile.cfg
sed "s/^The work is not finished/Hostile deed: flood.\n\n&/" "$reports/2019-03-04.txt" >bad/flood.txt
echo '<html>moved' >bad/$'p\e[31m\xff"age.pdf'
echo 'Dear sir' >bad/letter.txt
# Kept batches would have no notes.
run() { assay run hostile.cfg "$reports" bad -o out --no-cache "$@" 2>log; }

# ---- for readers

run
same "status" 1 $?
same "an error names the report and the plugin, and nothing but text gets through" \
    'assay: error: p?[31m?"age.pdf: text: is an HTML page; save the report as PDF or as text' "$(grep HTML log)"
same "a note, too" "assay: note: flood.txt: hostile: flood 0" "$(grep -m 1 'flood 0$' log)"
same "the last line is the summary" "assay: $((n_reports + 1)) reports, 2 failed, 0 duplicates; tables in out" "$(tail -n 1 log)"
same "and each error is said once" 2 "$(grep -c '^assay: error: ' log)"
run --log-format text
same "text is what there is without an option" 0 "$(grep -c '^[{<]' log)"

# ---- for programs

run --log-format json
same "JSON: status" 1 $?
same "JSON: every line is an object with time, level and text" "$(wc -l <log)" \
    "$(jq -c 'select((.time | fromdateiso8601 > 0) and (.level | IN("error", "warning", "note", "info")) and .message != "")' log | wc -l)"
same "JSON: an error" '["p?[31m?\"age.pdf","text","not_loaded","is an HTML page; save the report as PDF or as text"]' \
    "$(jq -c 'select(.level == "error" and .plugin == "text") | [.source, .plugin, .code, .message]' log)"
same "JSON: one that is no plugin's" '["letter.txt",null,"no_report"]' \
    "$(jq -c 'select(.level == "error" and .source == "letter.txt") | [.source, .plugin, .code]' log)"
same "JSON: a note" '["note","flood.txt","hostile",null,"flood 0"]' \
    "$(jq -c 'select(.message == "flood 0") | [.level, .source, .plugin, .code, .message]' log)"
same "JSON: the last line has the run's figures" \
    "[\"info\",1,$((n_reports + 3)),$((n_reports + 1)),2,0,true,\"out\"]" \
    "$(tail -n 1 log | jq -c '[.level, .status, .inputs, .reports, .failed, .duplicates, .seconds > 0, .output]')"
same "JSON: run.json has the same" "$(jq -c '[.counts[], .status]' out/run.json)" \
    "$(tail -n 1 log | jq -c '[.inputs, .reports, .failed, .known_failures, .duplicates, .status]')"
assay run ilacs.cfg bad/letter.txt -o out --log-format=json 2>log
same "JSON: a run that ends without tables says so last, with its figures" '4 ["error",4,0,1,"no report could be read; out is as it was"]' \
    "$? $(tail -n 1 log | jq -c '[.level, .status, .reports, .failed, .message]')"
assay run ilacs.cfg missing.txt -o out --log-format=json 2>log
same "JSON: so does one that doesn't begin" "2 1 error 2" "$? $(wc -l <log) $(jq -r '"\(.level) \(.status)"' log)"
assay check --log-format json 2>log
same "JSON: every command takes it, also for wrong use" '2 {"level":"error","command":"check","message":"give one pipeline; see assay check --help"}' \
    "$? $(jq -c 'del(.time)' log)"
assay check --log-format jason ilacs.cfg 2>log
same "there is no other form" "2 assay check: --log-format takes text or json; see assay check --help" "$? $(cat log)"

# ---- for the journal, which says by device and inode what it has connected

journal() { # FORM INPUT: as of a service whose standard error leads to the journal
    local form=$1
    shift
    (exec 2>log && JOURNAL_STREAM=$(stat -c %d:%i log) assay run hostile.cfg "$@" -o out --log-format "$form")
}
journal text bad "$reports" --no-cache
same "journal: a line has its priority before it" "3 5 6" "$(grep -o '^<[0-9]>' log | sort -u | tr -d '<>' | xargs)"
same "journal: every line" 0 "$(grep -vc '^<[0-9]>assay: ' log)"
same "journal: 3 is an error, 5 a note, 6 the summary" "1 1 1" \
    "$(grep -c '^<3>assay: error: letter.txt' log) $(grep -c '^<5>assay: note: flood.txt: hostile: flood 0$' log) $(grep -c '^<6>assay: .* reports,' log)"
XDG_CACHE_HOME=/dev/null journal text "$reports"
same "journal: 4 is a warning" 1 "$(grep -c '^<4>assay: warning: the run goes without a cache' log)"
journal json bad --no-cache
same "journal: JSON, too" 0 "$(grep -vc '^<[356]>{' log)"
same "journal: which is whole behind it" "$(wc -l <log)" "$(sed 's/^<.>//' log | jq -c 'select(.message != "")' | wc -l)"
for stream in 1:1 "" x "$(stat -c %d:%i "$reports")" "$(stat -c %d:%i log)1"; do
    (exec 2>log && JOURNAL_STREAM=$stream assay run ilacs.cfg "$reports" -o out)
    same "no journal: \"$(printf %s "$stream" | tr 0-9 N)\"" 0 "$(grep -c '^<' log)"
done

# ---- on a terminal

terminal() { # all that comes on it
    python3 - "$@" <<'PY'
import os, pty, sys
sys.argv[0] = "assay"
child, fd = pty.fork()
if not child:
    os.execvp("assay", sys.argv)
with open("shown", "wb") as shown:
    while True:
        try:
            got = os.read(fd, 65536)
        except OSError:
            break
        if not got:
            break
        shown.write(got)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
PY
}
terminal run hostile.cfg bad "$reports" -o out
same "terminal: a bar stands below the lines, and is gone in the end" "1 1 1" \
    "$? $(grep -c '^assay: error: letter' <(tr '\r' '\n' <shown | sed 's/\x1b\[K//')) $(tail -n 1 shown | tr -d '\r' | sed 's/.*\x1b\[K//' | grep -c '^assay: .* reports, ')"
same "terminal: it is one" yes "$(grep -q '\] [0-9]* of [0-9]*, [0-9]* failed' shown && echo yes)"
terminal run hostile.cfg bad "$reports" -o out --log-format json
same "terminal: none beside JSON, and no control character" "1 0" "$? $(tr -d '\r' <shown | grep -c $'\x1b\|^[^{]')"
finish
