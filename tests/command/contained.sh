#!/usr/bin/env bash
# What plugins do to the process they run in costs the report at hand, which is named with the plugin and the reason;
# all other rows stay as they are. Each report asks for a deed, and the plugin does it as loader or as analyser.
. "$(dirname "$0")/lib.sh"

take "$source_dir/conf/." .
mkdir good analyser loader
cp "$source_dir"/tests/reports/*/*.txt good
build_plugin "$source_dir/tests/plugins/hostile.c" analyser/hostile.so || exit 1
build_plugin "$source_dir/tests/plugins/hostile.c" loader/hostile.so -DHOSTILE_LOADER || exit 1
sed 's/{ plugin = "sentences"; }/&, { plugin = "hostile"; }/' ilacs.cfg >analyser.cfg
sed 's/{ plugin = "text"; }/&, { plugin = "hostile"; }/' ilacs.cfg >loader.cfg

declare -A list=([analyser]=analysers [loader]=loaders)
# run KIND [OPTIONS] INPUT: as an operator of little patience
run() {
    local kind=$1
    shift
    ASSAY_PLUGIN_PATH=$work/$kind assay run "$kind.cfg" --set limits.seconds=1 --set limits.memory_mib=64 \
        --set "${list[$kind]}.hostile.batch=$kind.batch" -o out "$@" \
        >printed 2>log
}
# All rows but those of errors
rows() { (cd out && sha256sum -- *.csv datapackage.json | grep -v -e ' errors.csv$' -e ' changes.csv$'); }
# The processes of this test that are still there: none, soon after a run
left_over() {
    local process
    for process in $(pgrep -x assay); do
        [ "$(readlink "/proc/$process/cwd")" != "$work" ] || echo "$process"
    done
}

# DEED | where it can be done: both kinds or one; "contained" needs the sandbox | code | what the message says
# LOAD: not_loaded or not_analysed
cases() {
    # what works or takes memory for ever may meet the limit of its processor time first, or that of the time on the clock
    cat <<'CASES'
accept|loader contained|crashed|crashed: SIGSEGV
crash|contained|crashed|crashed: SIGSEGV
divide|contained|crashed|crashed: SIGFPE
abort|contained|crashed|crashed: SIGABRT
overflow|contained|crashed|crashed: SIGSEGV
wild-free|contained|crashed|crashed: SIGABRT
loop||out_of_time|(limits.seconds)
block||out_of_time|wasn't done after 5 s, 5 times what a report may work (limits.seconds)
exhaust|contained|out_of_memory|took all the 64 MiB that a report may (limits.memory_mib), then crashed
exhaust-arena|contained|out_of_memory|needs more than the 64 MiB that a report may take (limits.memory_mib)
ask-too-much|contained|out_of_memory|needs more than the 64 MiB that a report may take (limits.memory_mib)
ignore-null|contained|crashed|crashed: SIGSEGV
exit||exited|ended its process (status 0) before it was done
exit-at-once||exited|ended its process (status 3) before it was done
socket|contained|refused_call|made the system call socket; a plugin may compute, and touch nothing outside of its report
read-file|contained|refused_call|made the system call openat
fork|contained|refused_call|made the system call clone
kill|contained|refused_call|made the system call kill
find-parent|contained|refused_call|made the system call getppid
end-self|contained|refused_call|made the system call tgkill
trace|contained|refused_call|made the system call ptrace
sleep|contained|refused_call|made the system call clock_nanosleep
catch-signal|contained|refused_call|made the system call rt_sigaction
close-pipe|contained|refused_call|made the system call close
close-all|contained|refused_call|made the system call close_range
program|contained|refused_call|made the system call execve
code-memory|contained|refused_call|made the system call mmap
code-protect|contained|refused_call|made the system call mprotect
thread|contained|refused_call|made the system call
block-signals|contained|refused_call|made a system call that is refused
rubbish||wrong_answer|something else than an answer came from the report's process: there is no frame of type 255
fake-failure||wrong_answer|something comes after the last frame
fake-failure-code||wrong_answer|a frame has a failure's code that isn't there
fake-failure-ends||not_loaded|made up
fake-runs||wrong_answer|a frame names a plugin that isn't there
fake-batch||wrong_answer|something else than an answer came from the report's process: batch
other-batch||wrong_answer|the batch is of another file
huge-frame||wrong_answer|a frame of type 4 can't be 4294967295 bytes long
unfinished-frame||exited|ended its process (status 0) before it was done
endless-lines||out_of_time|(limits.seconds)
endless-notes||out_of_time|(limits.seconds)
silent||LOAD|failed without saying why
row|loader|LOAD|gives a row of
wrong-text|loader|LOAD|line 1: is not valid UTF-8 at byte 1
wrong-page|loader|LOAD|line 1: is on page 0, after a line on page 1
undeclared-column|analyser|LOAD|table hostile, row 1: column number 9 was put; the last is 1
wrong-type|analyser|LOAD|table hostile, row 1: column count: takes an integer, was given a real
not-finite|analyser|LOAD|table hostile, row 1: column rate: NaN is no finite number
missing-value|analyser|LOAD|table hostile, row 1: column count: is missing, and isn't nullable
unfinished-row|analyser|LOAD|table hostile, row 1: another row was begun before its assay_row_end
ignored-mistake|analyser|LOAD|table hostile, row 1: column number 9 was put; the last is 1
CASES
}

# ---- the reports of a kind, each with its deed; of one there are two

for kind in analyser loader; do
    mkdir "$kind.reports"
    run "$kind" good/2015-06-12.txt
    sandbox=$(jq .execution.sandbox out/run.json)
    other=$(find .cache/assay/batches -type f) # of an entry what is between its head and its digest
    head -c -32 "$other" | tail -c +89 >"$kind.batch"
    rm -r .cache
    while IFS='|' read -r deed where code says; do
        case "$kind $where" in analyser\ loader* | loader\ analyser*) continue ;; esac
        case "$sandbox $where" in false*contained) continue ;; esac
        [ "$code" != LOAD ] || code=$([ $kind = loader ] && echo not_loaded || echo not_analysed)
        sed "s/^The work is not finished/Hostile deed: $deed.\n\n&/" good/2019-03-04.txt >"$kind.reports/2020-$deed.txt"
        echo "$deed|$code|$says" >>"$kind.cases"
    done < <(cases)
    cp "$kind.reports/2020-exit.txt" "$kind.reports/2020-exit-again.txt" # another file of the same content
    echo "exit-again|exited|ended its process (status 0) before it was done" >>"$kind.cases"
done
for deed in flood print; do # which do no harm
    sed "s/^The work is not finished/Hostile deed: $deed.\n\n&/" good/2019-03-04.txt >"good/2020-$deed.txt"
done
cp good/* analyser.reports
cp good/* loader.reports

# ---- one at a time; several hostile ones at once; and several in one process, since their lines are known

while read -r kind j known; do
    stage=$([ "$kind" = loader ] && echo load || echo analyse)
    run "$kind" --no-cache good
    same "$kind: what does no harm costs no report" "0 0 0" "$? $(cells out/errors.csv source | wc -l) $(wc -c <printed)"
    same "$kind: and its flood of notes ends" 101 "$(grep -c ': hostile: flood\|further notes' log)"
    expected=$(rows)
    if [ "$j" = 1 ]; then # nobody works while these wait for their end
        rm "$kind.reports"/2020-{block,endless-*}.txt
        sed -i '/^block|/d; /^endless/d' "$kind.cases"
    fi
    rm -rf .cache
    cache=--no-cache
    if [ -n "$known" ]; then
        cache= n=$(find "$kind.reports" -type f -exec sha256sum {} + | cut -d' ' -f1 | sort -u | wc -l)
        assay run ilacs.cfg "$kind.reports" -o lines >printed 2>log
        same "$kind, $known: the lines of all reports are kept" "0 $n" "$? $(find .cache/assay/lines -type f | wc -l)"
    fi
    run "$kind" $cache -j "$j" "$kind.reports"
    same "$kind, -j $j${known:+, $known}: status" 1 $?
    same "$kind, -j $j${known:+, $known}: no process is left over" "" "$(left_over)"
    same "$kind, -j $j${known:+, $known}: all other rows are those of a run without the hostile reports" "$expected" "$(rows)"
    same "$kind, -j $j${known:+, $known}: nothing but text reaches the terminal" "0 0" "$(grep -c $'\033' log) $(wc -c <printed)"
    cells out/errors.csv source stage plugin code message >errors
    same "$kind, -j $j${known:+, $known}: the hostile reports are in errors, each once, and no other" \
        "$(cut -d'|' -f1 "$kind.cases" | sed 's/.*/2020-&.txt/' | sort)" "$(cut -d'|' -f1 errors)"
    while IFS='|' read -r deed code says; do
        row=$(grep -F "2020-$deed.txt|" errors)
        case $row in
        "2020-$deed.txt|$stage|hostile|$code|"*"$says"*) ok 0 "$kind, -j $j${known:+, $known}: $deed" ;;
        *) ok 1 "$kind, -j $j${known:+, $known}: $deed" "$row" ;;
        esac
    done <"$kind.cases"
done <<'RUNS'
analyser 2
analyser 2 lines
loader 2
loader 1
RUNS
finish
