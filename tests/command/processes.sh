#!/usr/bin/env bash
# The reports' processes: the same bytes come out however many there are and whatever earlier runs kept, and none is left
# when a run is interrupted.
. "$(dirname "$0")/lib.sh"

take "$source_dir/conf/." .
reports=$source_dir/tests/reports
sample=(--set "registers=[\"$source_dir/tests/register.csv\"]")
n_reports=$(find "$reports" -name '*.txt' | wc -l)
run() { assay run ilacs.cfg "$reports" "${sample[@]}" -o out "$@" 2>log; }

# ---- as many as one likes, and nothing, lines or batches kept

run -j 1 --no-cache
same "one at a time" 0 $?
expected=$(digest out)
again() {
    local name=$1
    shift
    rm -rf out
    run "$@"
    same "$name: the same bytes" "0 $expected" "$? $(digest out)"
}
again "two at a time" -j 2 --no-cache
again "more than there are processors" -j 8 --no-cache
again "more than there are reports" -j 100 --no-cache
again "in one process" --in-process --no-cache
same "which run.json says" true "$(jq .execution.in_process out/run.json)"
again "a cold cache" -j 2
again "kept batches" -j 2
same "which are used" "$n_reports" "$(jq .cache.batches.hits out/run.json)"
rm -r .cache/assay/batches
again "kept lines" -j 2
same "which are used too" "$n_reports" "$(jq .cache.lines.hits out/run.json)"
rm -r .cache/assay/batches
again "kept lines, in one process" --in-process
find .cache -type f -exec sh -c 'head -c 100 "$1" >short && cat short >"$1"' - {} \;
again "damaged entries" -j 2

# ---- more inputs than one slow report may hold up: the first waits, and all the others come after it

mkdir many
sed "s/^The work is not finished/Hostile deed: block.\n\n&/" "$reports/eastmere/2019-03-04.txt" >many/0.txt
for ((i = 1; i <= 300; i++)); do echo "$i" >"many/$(printf %03d "$i").txt"; done
cp "$reports/eastmere/2024-05-20.txt" many/last.txt
cp "$reports/eastmere/2024-05-20.txt" many/later.txt
mkdir plugins
build_plugin "$source_dir/tests/plugins/hostile.c" plugins/hostile.so || exit 1
sed 's/{ plugin = "sentences"; }/&, { plugin = "hostile"; }/' ilacs.cfg >hostile.cfg
export ASSAY_PLUGIN_PATH=$work/plugins
assay run hostile.cfg many --set limits.seconds=1 -j 3 --no-cache -o out 2>log
same "a slow report holds up 300 others no longer than it lives" "1 0.txt|out_of_time last.txt later.txt" \
    "$? $(cells out/errors.csv source code | head -n 1) $(cells out/reports.csv source) $(cells out/duplicates.csv source)"
same "and all failures stand in the order of the inputs" "$(ls many | grep -v ^l)" "$(cells out/errors.csv source)"
rm many/last.txt many/later.txt

# ---- interrupted

# The processes of this test's runs
processes() {
    local process
    for process in $(pgrep -x assay); do
        [ "$(readlink "/proc/$process/cwd")" != "$work" ] || echo "$process"
    done
}
# waits till there are N processes, at most a minute
wait_for() {
    local i
    for ((i = 0; i < 600; i++)); do
        [ "$(processes | wc -l)" = "$1" ] && return
        sleep 0.1
    done
    return 1
}
rm -rf many out
mkdir many
for i in 1 2; do
    sed "s/^The work is not finished/Hostile deed: block.\n\n$i &/" "$reports/eastmere/2019-03-04.txt" >"many/$i.txt"
done
run -j 2 # the output that the interrupted runs must leave alone
before=$(digest out)
# Standing in a process group of its own, as a shell would start it for a terminal
for signal in KILL TERM INT HUP; do
    setsid --fork bash -c 'echo $$ >pid; exec env --default-signal=INT,HUP assay run hostile.cfg many -j 2 --no-cache -o out' 2>log
    wait_for 4
    same "SIG$signal: the run, its zygote and two reports are there" 0 $?
    case $signal in
    INT) kill -INT -- "-$(cat pid)" ;; # of a terminal it goes to all
    *) kill -$signal "$(cat pid)" ;;
    esac
    wait_for 0
    same "SIG$signal: none of them is left, and the output is as it was" "0 $before" "$? $(digest out)"
done
# The zygote alone: the run can't go on without it
assay run hostile.cfg many -j 2 --no-cache -o out 2>log &
wait_for 4
kill -KILL "$(pgrep -P $! -x assay)"
wait $!
same "without its zygote the run ends" \
    "3 assay: error: the process that starts the reports' processes is gone; was it killed? $before" \
    "$? $(grep -v ^Killed log) $(digest out)"
wait_for 0
same "and nothing is left of it" 0 $?
# A report's process alone
assay run hostile.cfg many "$reports" "${sample[@]}" -j 2 --no-cache -o out 2>log &
wait_for 4
kill -KILL $(pgrep -P "$(pgrep -P $! -x assay)" -x assay)
wait $!
same "a report's process that is killed costs that report" \
    "1 $n_reports"$'\n1.txt|crashed|crashed: SIGKILL (Killed); the system may have been out of memory' \
    "$? $(cells out/reports.csv source | wc -l)"$'\n'"$(cells out/errors.csv source code message | head -n 1)"
run -j 2
same "the next run works, and nothing is left beside its output" "0 $before" "$? $(digest out)"
same "nor beside the output folder" "" "$(find . -maxdepth 1 -name '.out*' -newer log)"
finish
