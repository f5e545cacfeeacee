#!/usr/bin/env bash
# What is otherwise than in the run before, and failures that are known.
. "$(dirname "$0")/lib.sh"

take "$source_dir/conf/." conf
take "$source_dir/tests/reports" reports

run() {
    assay run conf/ilacs.cfg reports -o out "$@" 2>log
}
# changes NAME [ROW...]: rows without the ids
changes() {
    local name=$1
    shift
    same "$name" "$(printf '%s\n' "$@")" "$(cells out/changes.csv change source source_before rows reason)"
}
report_id() { sha256sum "$1" | cut -c 1-16; }

run
changes "a first run has no run before"
run
changes "an unchanged folder"
cp reports/eastmere/2015-06-12.txt new.txt
sed -i 's/Eastmere/Westmere/g' new.txt
cp new.txt reports/a.txt
mv reports/eastmere/2019-03-04.txt reports/moved.txt
rm reports/wrayburn/2021-11-08.txt
was=$(report_id reports/thornholt/2018-09-10.txt)
echo 'One more sentence about children.' >>reports/thornholt/2018-09-10.txt
echo nothing >reports/bad.txt
run
changes "new, gone, renamed, changed" 'changed|thornholt/2018-09-10.txt|thornholt/2018-09-10.txt||' 'new|a.txt|||' 'new|bad.txt|||' \
    'renamed|moved.txt|eastmere/2019-03-04.txt||' 'gone||wrayburn/2021-11-08.txt||'
same "with the reports' ids, then and now" "$(report_id reports/thornholt/2018-09-10.txt)|$was" \
    "$(cells out/changes.csv report_id report_id_before | head -n 1)"
same "as errors.csv and reports.csv have them" "12 1" "$(cells out/reports.csv report_id | wc -l) $(cells out/errors.csv source | wc -l)"
kept=$(digest out)
run
changes "nothing more the next time"
same "and the same tables" "$kept" "$(digest out)"

mv reports/moved.txt reports/again.txt
cp reports/again.txt reports/copy.txt
run
changes "one of two copies is renamed" 'renamed|again.txt|moved.txt||' 'new|copy.txt|||'
for k in 1 2 3; do cp reports/again.txt "reports/same$k.txt"; done
run
changes "three more copies" 'new|same1.txt|||' 'new|same2.txt|||' 'new|same3.txt|||'
mv reports/same1.txt reports/other2.txt && mv reports/same3.txt reports/other1.txt && rm reports/same2.txt
run
changes "of copies the first is the first renamed" 'renamed|other1.txt|same1.txt||' 'renamed|other2.txt|same2.txt||' 'gone||same3.txt||'
rm reports/other?.txt
run
rm reports/again.txt
run
changes "a first copy goes, the second is in its place" 'gone||again.txt||'
mv reports/a.txt b && mv reports/copy.txt reports/a.txt && mv b reports/copy.txt
run
changes "two change their places" 'changed|a.txt|a.txt||' 'changed|copy.txt|copy.txt||'
chmod a-r reports/a.txt
cp new.txt reports/bad.txt
unprivileged assay run conf/ilacs.cfg reports -o out 2>log
changes "one fails, one has another content" 'failed|a.txt|a.txt||Permission denied' 'changed|bad.txt|bad.txt||'
chmod a+r reports/a.txt
run
changes "one has recovered" 'recovered|a.txt|a.txt||'

# ---- another configuration

echo '# other' >>conf/themes/childrens-services.cfg
run
changes "another digest of a dictionary" "$(cells out/reports.csv source | sed 's/.*/reanalysed|&|&|same|analysers.themes.dictionary/')"
sed -i 's/"supervision"/"supervisory"/' conf/themes/childrens-services.cfg
run
same "another dictionary: other rows" other "$(cells out/changes.csv rows | sort -u)"
run --set limits.seconds=50
changes "what decides no rows is no change"
echo '# other' | cat conf/lexicons/inspection.cfg - >other.cfg
run --set analysers.sentiment.lexicon=other.cfg --set registers=[]
same "all that is other is named" "analysers.sentiment.lexicon, registers" "$(cells out/changes.csv reason | sort -u)"
run
rm out/ledger
run
changes "without a ledger"
truncate -s -1 out/ledger
run
same "a damaged one is told" "assay: warning: what has changed since the run before can't be told: out/ledger: is damaged" "$(head -n 1 log)"
changes "and there are no rows"
assay run conf/ilacs.cfg reports -o out --shard 1/1 2>log
run
changes "a shard is no run before"
assay run conf/ilacs.cfg reports -o shard --shard 1/1 2>log
echo '# again' >>reports/bad.txt
run
assay merge shard -o out 2>log
changes "a merged run is compared, too" 'changed|bad.txt|bad.txt||'

mkdir gone
(cd gone && rmdir ../gone && assay run "$work/conf/ilacs.cfg" "$work/reports" -o "$work/out" 2>"$work/log")
same "a run from a folder that was removed" 0 $?

# ---- failures that are known

echo nothing >reports/bad.txt
run
same "a failure" "1 assay: 12 reports, 1 failed, 0 duplicates; tables in out" "$? $(tail -n 1 log)"
cat >>conf/ilacs.cfg <<'CFG'
known_failures = (
  { source = "kept.txt"; reason = "was taken back"; },
  { source = "bad.txt"; reason = "an image of text"; },
  { source = "copy.txt"; reason = "was damaged"; }
);
CFG
line=$(($(wc -l <conf/ilacs.cfg) - 3))
run
same "a known failure doesn't spoil the status" "0 assay: 12 reports, 1 failed (1 known), 0 duplicates; tables in out" "$? $(tail -n 1 log)"
same "and stays in errors.csv, marked" "bad.txt|model|no_report|an image of text" "$(cells out/errors.csv source stage code known)"
same "it is a note; what fails no longer and what isn't there is told" "assay: note: bad.txt: known failure: $(cells out/errors.csv message)
assay: warning: conf/ilacs.cfg:$((line + 2)): copy.txt fails no longer; take it out of known_failures
assay: note: conf/ilacs.cfg:$line: kept.txt, of known_failures, is not among the inputs" "$(head -n -1 log)"
same "run.json counts it" '{"inputs":13,"reports":12,"failed":1,"known_failures":1,"duplicates":0} 0' "$(jq -c .counts out/run.json) $(jq .status out/run.json)"
changes "another list of them is no change"
echo nothing at all >reports/worse.txt
run
same "another failure beside it" "1 assay: 12 reports, 2 failed (1 known), 0 duplicates; tables in out" "$? $(tail -n 1 log)"
assay run conf/ilacs.cfg reports/bad.txt -o none 2>log
same "where nothing could be read, known or not" 4 $?
for k in 1 2; do assay run conf/ilacs.cfg reports -o "s$k" --shard "$k/2" 2>log; done
same "a shard doesn't miss what other shards have" 0 "$(grep -c 'not among' log)"
assay merge s1 s2 -o merged 2>log
same "merged shards know them, too: the status" 1 $?
same "and the tables" "$(digest out)" "$(digest merged)"
sed -i 's/"kept.txt"/"bad.txt"/' conf/ilacs.cfg
assay check conf/ilacs.cfg >log 2>&1
same "one that is there twice" "2 assay: error: conf/ilacs.cfg:$((line - 1)): known_failures has \"bad.txt\" twice, at the lines $line and $((line + 1))" "$? $(cat log)"
sed -i 's/"was taken back"/""/' conf/ilacs.cfg
assay check conf/ilacs.cfg >log 2>&1
same "one without a reason" "2 assay: error: conf/ilacs.cfg:$line: a known failure lacks its reason: an empty text is none" "$? $(cat log)"
finish
