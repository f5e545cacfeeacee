#!/usr/bin/env bash
# A run that a signal stops leaves the output as it was and nothing else, wherever it is.
. "$(dirname "$0")/lib.sh"

take "$source_dir/conf/." .
reports=$source_dir/tests/reports/eastmere
mkdir reading summary writer many
build_plugin "$source_dir/tests/plugins/hostile.c" reading/hostile.so || exit 1
build_plugin "$source_dir/tests/plugins/patient.c" summary/patient.so || exit 1
build_plugin "$source_dir/tests/plugins/patient.c" writer/patient.so -DPATIENT_WRITER || exit 1
sed 's/{ plugin = "sentences"; }/&, { plugin = "hostile"; }/' ilacs.cfg >reading.cfg
for deed in read give; do
    sed "s/{ plugin = \"trend\"; }/&, { plugin = \"patient\"; deed = \"$deed\"; }/" ilacs.cfg >"$deed.cfg"
done
for deed in wait rename; do
    sed "s/{ plugin = \"csv\"; }/&, { plugin = \"patient\"; deed = \"$deed\"; }/" ilacs.cfg >"$deed.cfg"
done
for i in 1 2; do
    sed "s/^The work is not finished/Hostile deed: block.\n\n$i &/" "$reports/2019-03-04.txt" >"many/$i.txt"
done

# start KIND ARGUMENT...: a run in a process group of its own, whose number comes into `pid`, and how it ended into
# `ended`: a status, or a signal as a negative number
start() {
    local kind=$1
    shift
    rm -f pid ended begun go came
    ASSAY_PLUGIN_PATH=$work/$kind python3 - "$@" <<'PY' &
import os, signal, subprocess, sys
for s in signal.SIGINT, signal.SIGTERM, signal.SIGHUP: # as a shell at a terminal would, and `&` doesn't
    signal.signal(s, signal.SIG_DFL)
if os.environ.get("IGNORES_HUP"):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
def leave(name, number):
    with open("part", "w") as f:
        print(number, file=f)
    os.rename("part", name)
with open("log", "wb") as log:
    run = subprocess.Popen(["assay", "run", *sys.argv[1:], "-o", "out"], stderr=log, start_new_session=True)
leave("pid", run.pid)
leave("ended", run.wait())
PY
    there pid
}
# Waits till something is so, at most a minute.
until_so() {
    local i
    for ((i = 0; i < 1200; i++)); do
        "$@" && return
        sleep 0.05
    done
    return 1
}
there() { until_so test -e "$1"; }
processes() { pgrep -g "$(cat pid)" -x assay | wc -l; }
are() { [ "$(processes)" = "$1" ]; }
left_over() { find . -maxdepth 1 -name '.out*'; }
# stopped NAME SIGNAL: it is as it should be after that
stopped() {
    there ended
    same "$1: ends by the signal" "-$(kill -l "$2")" "$(cat ended)"
    same "$1: says so, once" "assay: stopped by SIG$2; out is as it was" "$(sed 's/error: //' log)"
    same "$1: leaves the output as it was, and nothing else" "$before" "$(digest out)$(left_over)"
    until_so are 0
    same "$1: no process either" 0 $?
}

assay run ilacs.cfg "$reports" -o out 2>log
before=$(digest out)

# ---- while reports are analysed, which take for ever

for signal in TERM INT HUP; do
    for whom in "" -; do # the run alone, or all its processes, as a terminal and systemd do
        start reading reading.cfg many -j 2 --set limits.seconds=3600
        until_so are 4
        kill -"$signal" -- "$whom$(cat pid)"
        stopped "SIG$signal to $([ -z "$whom" ] && echo the run || echo all), reports" "$signal"
    done
done
start reading reading.cfg many -j 2 --log-format json --set limits.seconds=3600
until_so are 4
kill "$(cat pid)"
there ended
same "JSON: the last line has the status" '1 ["error",143,0,0,"stopped by SIGTERM; out is as it was"]' \
    "$(wc -l <log) $(jq -c '[.level, .status, .reports, .failed, .message]' log)"
mv out kept
start reading reading.cfg many -j 2 --set limits.seconds=3600
until_so are 4
kill "$(cat pid)"
there ended
same "where there was no output, there is none" "-15 " "$(cat ended) $(left_over)$(ls -d out 2>/dev/null)"
mv kept out

# ---- while a summary reads or gives rows without an end, and while a writer writes

for deed in read give; do
    start summary "$deed.cfg" "$reports"
    there begun
    kill "$(cat pid)"
    stopped "a summary that wants to $deed on" TERM
done
start writer wait.cfg "$reports"
there begun
kill -INT "$(cat pid)"
touch go
stopped "a writer" INT

# ---- signals that don't stop it: one that the caller has it ignore, and one that comes when the output is put in its place

IGNORES_HUP=1 start writer wait.cfg "$reports"
there begun
kill -HUP "$(cat pid)"
touch go
there ended
same "SIGHUP under nohup: the run ends as it would" "0 1" "$(cat ended) $(grep -c '^assay: [0-9]* reports, 0 failed' log)"
assay run ilacs.cfg many/1.txt -o out 2>log # something else
changed=$(digest out)
start writer rename.cfg "$reports"
there ended
same "while the output is put in its place: the run ends as it would" "0 $before" "$(cat ended) $(digest out)$(left_over)"
same "although it came" "yes 1" "$(test -e came && echo yes) $(grep -c '^assay: [0-9]* reports, 0 failed' log)"
same "and the output was another before" yes "$([ "$changed" != "$before" ] && echo yes)"

# ---- a second one ends it at once

start writer wait.cfg "$reports"
there begun
again() { kill "$(cat pid)" 2>/dev/null; test -e ended; }
until_so again
same "a second signal: ends at once, and says nothing" "-15 " "$(cat ended) $(cat log)"
same "the output is as it was" "$before" "$(digest out)"
same "all else is left" "./.out.assay-lock ./.out.assay-new" "$(left_over | sort | xargs)"
assay run ilacs.cfg "$reports" -o out 2>log
same "till the next run, which works" "0 $before" "$? $(digest out)$(left_over)"
finish
