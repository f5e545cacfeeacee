#!/usr/bin/env bash
# Broken configurations and inputs: broken.cases says what is done, and which status and message must come of it. Each
# case has a folder of its own, with the pipeline, a good report and the output of an earlier run, which must stay.
. "$(dirname "$0")/lib.sh"

mkdir template && cd template || exit 1
take "$source_dir/conf/." .
cp "$source_dir/tests/reports/kestrelford/2020-02-24.txt" good.txt
cp "$source_dir/tests/reports/kestrelford/2023-10-09.txt" other.txt
assay run ilacs.cfg good.txt -o out 2>run.log || {
    cat run.log >&2
    exit 1
}
rm run.log
cd ..
mkdir plugins
odd() { build_plugin "$source_dir/tests/plugins/odd.c" "plugins/$1.so" -Dodd_LTX_assay_plugin="$1_LTX_assay_plugin" -DODD_NAME="\"$1\"" "${@:2}"; }
export -f odd build_plugin drop
export source_dir

# All of the earlier output.
earlier() { digest out && sha256sum out/run.json; }

run_case() {
    local name=$1 setup=$2 command=$3 status=$4 says=$5 got before after told problem= line
    rm -rf case && cp -a template case && cd case || exit 1
    mkdir plugins
    bash -c "set -e; shopt -s expand_aliases; $setup" >setup.log 2>&1 </dev/null || problem="setup failed: $(cat setup.log)"
    before=$(earlier 2>/dev/null)
    bash -c "$command" >stdout.log 2>stderr.log </dev/null
    got=$?
    after=$(earlier 2>/dev/null)
    [ "$got" = "$status" ] || problem="$problem status $got, not $status;"
    while IFS= read -r line; do
        grep -qF -- "$line" stderr.log stdout.log || problem="$problem no message \"$line\";"
    done <<<"$says"
    [ "$status" -lt 2 ] || [ "$before" = "$after" ] || problem="$problem earlier output changed;"
    told=$(grep -c '^assay' stderr.log)
    [ "$status" -lt 2 ] || [ "$told" -ge 1 ] || problem="$problem nothing on standard error;"
    [ "$status" != 2 ] || [ "$told" = 1 ] || problem="$problem $told messages where one is due;"
    find . -maxdepth 1 -name '.out.assay-*' | grep -q . && problem="$problem leftovers beside the output;"
    ok "$([ -z "$problem" ] && echo 0 || echo 1)" "$name" "$problem
$(cat stderr.log)"
    chmod -R u+rwx .
    cd ..
}

export -f unprivileged
name= setup= command= status= says=
while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    '== '*)
        [ -z "$name" ] || run_case "$name" "$setup" "$command" "$status" "$says"
        name=${line#== } setup=: command= status= says=
        ;;
    'do '*) setup="$setup; ${line#do }" ;;
    'run '*) command=${line#run } ;;
    'exit '*) status=${line#exit } ;;
    'says '*) says="$says${says:+
}${line#says }" ;;
    '#'* | '') ;;
    *)
        echo "broken.cases: what is this? $line" >&2
        exit 1
        ;;
    esac
done <"$source_dir/tests/command/broken.cases"
run_case "$name" "$setup" "$command" "$status" "$says"
finish
