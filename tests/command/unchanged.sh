#!/usr/bin/env bash
# A file that hasn't changed isn't read again, and whatever has changed is: after each change of a folder a run with all
# that earlier ones have kept gives what one without gives.
. "$(dirname "$0")/lib.sh"

take "$source_dir/conf/." conf
take "$source_dir/tests/reports/eastmere" reports
cp "$source_dir/tests/reports/thornholt/2018-09-10.txt" reports/first.txt
sleep 3 # so that they are older than the clock's grain

# run WHAT KNOWN: known files, and the tables of a run that knows nothing
run() {
    assay run conf/ilacs.cfg reports -o out 2>log
    local status=$?
    assay run conf/ilacs.cfg reports -o fresh --no-cache 2>/dev/null
    same "$1: the tables are those of a run without a cache" "$(digest fresh)" "$(digest out)"
    [ -z "$2" ] || same "$1: files that needn't be read" "$2" "$(jq .cache.files.known out/run.json)"
    ok "$((status > 1))" "$1: it ends well" "$(cat log)"
}
run "at first" 0
run "again" 4
sed -i 's/version = "1"/version = "2"/' conf/themes/childrens-services.cfg
run "with another dictionary" 4
mv reports/first.txt reports/second.txt
run "one is renamed, and its time of change is new" 3
kept=$(stat -c %y reports/second.txt)
sed -i '0,/Thornholt/s//Thornhelt/' reports/second.txt
touch -d "$kept" reports/second.txt
run "one is changed, of the same length and time" 3
mv reports/2015-06-12.txt a && mv reports/2019-03-04.txt reports/2015-06-12.txt && mv a reports/2019-03-04.txt
run "two change places" ""
cp reports/2015-06-12.txt reports/copy.txt
run "one comes twice" ""
rm reports/2015-06-12.txt
run "one goes" ""
for i in 1 2 3 4 5; do # within the clock's grain
    sed "s/Leaders/Leader$i/" "$source_dir/tests/reports/wrayburn/2021-11-08.txt" >reports/quick.txt
    run "one changes at once, $i" ""
done
chmod a-r reports/quick.txt
unprivileged assay run conf/ilacs.cfg reports -o out 2>log
same "one can't be read any more" "1 quick.txt" "$? $(cells out/errors.csv source)"
chmod u+r reports/quick.txt
head -c 100 "$XDG_CACHE_HOME/assay/index" >cut && cp cut "$XDG_CACHE_HOME/assay/index"
run "a damaged index" 0
assay run conf/ilacs.cfg reports -o out --set limits.input_mib=1 2>log
same "a limit holds for what is known, too" 0 $?
head -c 2000000 /dev/zero | tr '\0' ' ' >>reports/quick.txt
sleep 3
run "one grows" ""
run "and is known" 5
assay run conf/ilacs.cfg reports -o out --set limits.input_mib=1 2>log
same "and is over a lower limit" "1 quick.txt" "$? $(cells out/errors.csv source)"
assay cache --clear >told
same "clear removes the index" "no" "$([ -e "$XDG_CACHE_HOME/assay/index" ] && echo yes || echo no)"
finish
