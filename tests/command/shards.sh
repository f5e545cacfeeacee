#!/usr/bin/env bash
# A run in shards: merged they are the run, byte for byte, whatever the number of shards, with duplicates and failures
# across them; and what isn't the whole of one run is refused with the reason.
. "$(dirname "$0")/lib.sh"

take "$source_dir/conf/." conf
take "$source_dir/tests/reports" reports
cp reports/eastmere/2015-06-12.txt reports/again.txt
cp reports/eastmere/2015-06-12.txt reports/wrayburn/again.txt
echo nothing >reports/bad.txt
cp reports/bad.txt reports/thornholt/bad.txt
mkdir reports/kestrelford-b reports/locked # sorts before what is in kestrelford/
cp reports/wrayburn/2021-11-08.txt reports/kestrelford-b/again.txt
printf 'x' >reports/$'\377 \n.txt'
chmod 000 reports/locked
inputs=(reports reports/thornholt reports/eastmere/2019-03-04.txt)
set -- --set 'registers=["tests/register.csv"]'
mkdir tests elsewhere && cp "$source_dir/tests/register.csv" tests

# shards N FOLDER [more]: all N
shards() {
    local n=$1 folder=$2 k
    shift 2
    for k in $(seq "$n"); do
        unprivileged assay run conf/ilacs.cfg "${inputs[@]}" "$@" -o "$folder/$k" --shard "$k/$n" 2>>log || [ $? = 1 ] || return
    done
}

unprivileged assay run conf/ilacs.cfg "${inputs[@]}" "$@" -o whole 2>log
same "one run" "1 assay: 12 reports, 5 failed, 7 duplicates; tables in whole" "$? $(tail -n 1 log)"
for n in 1 2 7 40; do
    mkdir "by$n"
    shards "$n" "by$n" "$@"
    same "$n shards" 0 $?
    # shellcheck disable=SC2046
    (cd elsewhere && assay merge $(printf "../by$n/%s\n" $(seq "$n") | sort -R) -o ../merged 2>../log)
    same "$n shards merged: the status and the last line of one run" \
        "1 assay: 12 reports, 5 failed, 7 duplicates; tables in ../merged" "$? $(tail -n 1 log)"
    same "$n shards merged: the tables of one run" "$(digest whole)" "$(digest merged)"
done
same "a shard has no tables" "ledger run.json" "$(cd by7/1 && echo *)"
same "run.json says which shard it is" '{"number":2,"of":7}' "$(jq -c .shard by7/2/run.json)"
same "all inputs are in one shard" 24 "$(jq -s 'map(.counts.inputs) | add' by7/*/run.json)"
same "the merged run counts them" "24 null" "$(jq .counts.inputs merged/run.json) $(jq .shard merged/run.json)"

mkdir one
cp reports/bad.txt one
assay run conf/ilacs.cfg one "$@" -o alone --shard 1/1 2>log
same "a shard of which no report can be read is one" 1 $?
assay merge alone -o nothing 2>log
same "a merge without any report" "4 assay: error: no report could be read; nothing is as it was" "$? $(tail -n 1 log)"
same "and writes nothing" "" "$(ls -d nothing 2>&1 | grep -v 'No such')"

# refused NAME MESSAGE SHARD...
refused() {
    local name=$1 message=$2
    shift 2
    assay merge "$@" -o merged 2>log
    same "$name" "2 assay: error: $message" "$? $(tail -n 1 log)"
}
refused "one is missing" "shard 2 of 2 is missing" by2/1
refused "some are missing" "shard 3 of 7 is missing, and 4 others are" by7/1 by7/2
refused "one is there twice" "by2/2 and ./by2/2 are both shard 2 of 2" by2/1 by2/2 ./by2/2
refused "one is of another number of shards" "by2/2 is one of 2 shards, and by7/1 one of 7" by7/1 by2/2
refused "one isn't there" "none: is no shard: there is no ledger in it" by2/1 none
refused "one is the tables of a run" "whole: is no shard: it holds the tables of a whole run" by2/1 whole
mkdir other
for setting in 'limits.seconds=50' 'analysers.themes.dictionary=more.cfg' 'profile=ofsted-childrens-services'; do
    cp conf/themes/childrens-services.cfg more.cfg
    echo '# more' >>more.cfg
    unprivileged assay run conf/ilacs.cfg "${inputs[@]}" "$@" --set "$setting" -o other/2 --shard 2/2 2>log
    name=${setting%=*}
    refused "one has another $name" "other/2 was made under another configuration than by2/1: ${name/limits.seconds/limits}" by2/1 other/2
done
unprivileged assay run conf/ilacs.cfg reports "$@" -o other/2 --shard 2/2 2>log
refused "one is of other inputs" "other/2 was made of other INPUTs than by2/1" by2/1 other/2
cp conf/ilacs.cfg conf/copy.cfg
unprivileged assay run conf/copy.cfg "${inputs[@]}" "$@" -o other/2 --shard 2/2 2>log
refused "one is of another pipeline" "other/2 was made by the pipeline $PWD/conf/copy.cfg, and by2/1 by $PWD/conf/ilacs.cfg" by2/1 other/2
cp -r by2 cut
truncate -s -1 cut/2/ledger
refused "one is cut short" "cut/2/ledger: is damaged" cut/1 cut/2
cp by2/2/ledger cut/2/ledger
printf x | dd of=cut/2/ledger bs=1 seek=100000 conv=notrunc 2>/dev/null
assay merge cut/1 cut/2 -o merged 2>log
same "one is damaged in a batch" "2 assay: error: cut/2: is damaged: batch: is damaged" "$? $(grep -o '^.*batch: is damaged' log)"
same "the output is as it was" "$(digest whole)" "$(digest merged)"
echo '# more' >>conf/themes/childrens-services.cfg
refused "a dictionary has changed since" "the shards were made under another configuration than that of now ($PWD/conf/ilacs.cfg): analysers.themes.dictionary" by2/1 by2/2
mv conf/ilacs.cfg conf/moved.cfg
refused "the pipeline has gone" "$PWD/conf/ilacs.cfg: No such file or directory" by2/1 by2/2

for wrong in 0/2 3/2 1 1/ /2 1/2x -1/2 1/10001 a/b 1/0; do
    assay run conf/moved.cfg reports -o none --shard "$wrong" 2>log
    same "--shard $wrong" "2 assay run: --shard takes K/N, the K-th of N shards: 1/8 to 8/8, say; see assay run --help" "$? $(cat log)"
done
assay merge -o none 2>log
same "merge without shards" "2 assay merge: give the folders of all shards; see assay merge --help" "$? $(cat log)"
assay merge by2/1 2>log
same "merge without an output" "2 assay merge: give the output folder by -o DIR; see assay merge --help" "$? $(cat log)"
chmod 755 reports/locked
finish
