#!/usr/bin/env bash
# Runs: the same bytes come out whatever the locale, time zone, current folder and order of the folder; duplicates,
# failures and hidden files; the output folder is exchanged as a whole.
. "$(dirname "$0")/lib.sh"

conf=$source_dir/conf/ilacs.cfg
reports=$source_dir/tests/reports
sample=(--set "registers=[\"$source_dir/tests/register.csv\"]")

assay run "$conf" "$reports" "${sample[@]}" -o out 2>log
same "a run over the sample reports" "0 assay: 12 reports, 0 failed, 0 duplicates; tables in out" "$? $(cat log)"
same "its tables" "benchmark.csv changes.csv cross_area.csv datapackage.json duplicates.csv errors.csv improvement_themes.csv improvements.csv indicators_lookup.csv judgements.csv ledger reports.csv risks.csv run.json sentence_risks.csv sentence_strengths.csv sentence_themes.csv sentences.csv sentiment.csv themes.csv themes_lookup.csv trend.csv" \
    "$(cd out && echo *)"
expected=$(digest out)

run_again() {
    local name=$1
    shift
    "$@" 2>log
    same "the same bytes $name" "$expected" "$(digest again)"
    rm -rf again
}
run_again "in a Turkish locale" env LC_ALL=tr_TR.UTF-8 assay run "$conf" "$reports" "${sample[@]}" -o again
run_again "on the Chatham Islands" env TZ=Pacific/Chatham assay run "$conf" "$reports" "${sample[@]}" -o again
mkdir elsewhere
run_again "from another folder" bash -c 'cd elsewhere && assay run "$@" -o ../again' - "$conf" "$reports" "${sample[@]}"

# a folder that was filled in another order, its files reached by other names
mkdir -p shuffled
(cd "$reports" && find . -name '*.txt' | sort -r) | while read -r file; do
    mkdir -p "shuffled/$(dirname "$file")"
    cp "$reports/$file" "shuffled/$file"
done
run_again "from a folder in another order" assay run "$conf" shuffled/ "${sample[@]}" -o again
touch shuffled/.hidden
mkdir shuffled/.git
cp shuffled/eastmere/2015-06-12.txt shuffled/.git/x.txt
ln -s ../shuffled shuffled/loop
run_again "beside hidden files and a link to the folder" assay run "$conf" shuffled "${sample[@]}" -o again
rm -rf shuffled/loop shuffled/.git shuffled/.hidden

# ---- duplicates and failures

cp shuffled/eastmere/2015-06-12.txt shuffled/eastmere/again.txt
echo nothing >shuffled/wrayburn/bad.txt
printf 'x' >"shuffled/wrayburn/"$'\033[2J\377.txt'
assay run "$conf" shuffled "${sample[@]}" -o again 2>log
same "a failed report gives status 1" 1 $?
same "a duplicate is listed with the report that it repeats" \
    "eastmere/again.txt|$(cells out/reports.csv report_id source | grep 2015-06-12 | cut -d'|' -f1)" \
    "$(cells again/duplicates.csv source report_id)"
same "failures are listed in the order of the inputs" $'wrayburn/?[2J?.txt|model\nwrayburn/bad.txt|model' \
    "$(cells again/errors.csv source stage)"
same "no control character of a file's name reaches the terminal" 0 "$(grep -c $'\033' log)"
same "the other rows are those of a run without them" "$(cat out/sentences.csv | sha256sum)" "$(cat again/sentences.csv | sha256sum)"
same "run.json counts" '{"inputs":15,"reports":12,"failed":2,"known_failures":0,"duplicates":1} 1' \
    "$(jq -c .counts again/run.json) $(jq .status again/run.json)"
same "and tells the memory of the run and of the largest report, in MiB" true \
    "$(jq '.execution.peak_mib | [.run, .largest_report] | all(. > 1 and . < 1000)' again/run.json)"
rm -rf again

# ---- the output folder

assay run "$conf" "$reports/eastmere" "${sample[@]}" -o out 2>log
same "the output of an earlier run is replaced as a whole" 3 "$(cells out/reports.csv source | wc -l)"
same "nothing is left beside it" "elsewhere log out shuffled" "$(ls -A | grep -vx .cache | xargs)"
mkdir -m 700 empty
assay run "$conf" "$reports/eastmere/2015-06-12.txt" "${sample[@]}" -o empty/ 2>log
same "an empty folder will do, and keeps its permissions" "2015-06-12.txt 700" \
    "$(cells empty/reports.csv source) $(stat -c %a empty)"

# ---- what is below an INPUT

take "$reports/eastmere" below
assay run "$conf" below "${sample[@]}" -o below/out 2>log
assay run "$conf" below "${sample[@]}" -o below/out 2>log
same "the output folder below an INPUT isn't read as reports" "0 3" "$? $(cells below/out/reports.csv source | wc -l)"
mkdir below/locked
chmod 000 below/locked
unprivileged assay run "$conf" below "${sample[@]}" -o below/out 2>log
same "a folder that can't be read costs itself alone" "1 locked/|read|Permission denied" "$? $(cells below/out/errors.csv source stage message)"
chmod 755 below/locked
same "an INPUT that isn't there stops the run" 2 "$(assay run "$conf" none.txt -o again 2>/dev/null; echo $?)"
head -c 3000000 /dev/zero | tr '\0' x >below/large.txt
assay run "$conf" below "${sample[@]}" --set limits.input_mib=1 -o one 2>log
(cd below && assay run "$conf" . "${sample[@]}" --set limits.input_mib=1 -o ../two 2>../log)
same "failures are told alike from another folder" "$(digest one)" "$(digest two)"
printf 'Inspection of X\n' >$'below/\377.txt'
take "$source_dir/conf" $'below/\377'
assay run $'below/\377/ilacs.cfg' "$reports/eastmere" -o two 2>log && assay run "$conf" "$reports/eastmere" -o two 2>log
same "a pipeline whose path is no UTF-8 leaves an output that is known again" 0 $?
rm -rf below one two again
assay run "$conf" "$reports/eastmere" "${sample[@]}" -o again <&- >&- 2>&-
same "closed descriptors are no files of the output" "0 3" "$? $(cells again/reports.csv source | wc -l)"
rm -rf again

# ---- settings

assay run "$conf" "$reports/kestrelford/2023-10-09.txt" -o out 2>log
same "a provider that no register knows has its printed name and no id" "|London Borough of Kestrelford" "$(cells out/reports.csv provider_id provider)"
drop "$conf" themes improvements risk sentiment >"$work/p.cfg"
assay run p.cfg "$reports/kestrelford/2023-10-09.txt" -o out --set "profiles=[\"$source_dir/conf/profiles/ofsted-childrens-services.cfg\"]" \
    --set 'registers=[]' 2>log
same "a pipeline without themes has the other tables" \
    "benchmark.csv changes.csv duplicates.csv errors.csv judgements.csv reports.csv sentence_risks.csv sentence_strengths.csv sentence_themes.csv sentences.csv trend.csv" "$(cd out && echo *.csv)"
same "tables without rows have their header" \
    "report_id,provider_id,provider,inspection_end,sentence_id,theme,begin,end" "$(cat out/sentence_themes.csv)"
same "run.json names the pipeline and the plugins" "p.cfg pdf text judgements sentences benchmark trend csv" \
    "$(jq -r '[.configuration.pipeline.path, .plugins[].name] | join(" ")' out/run.json)"

# ---- memory: what leaks is a defect

case $(ldd "$build_dir/assay") in
*libasan*) ok 0 "no leak under valgrind # SKIP built with sanitizers, which look for leaks themselves" ;;
*)
    valgrind -q --leak-check=full --errors-for-leak-kinds=definite,indirect --error-exitcode=99 \
        assay run "$conf" "$reports/kestrelford" "$reports/eastmere/2015-06-12.txt" -o out --in-process \
        --no-cache >log 2>&1
    same "no leak and no error under valgrind" 0 $?
    ;;
esac
finish
