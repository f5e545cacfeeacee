#!/usr/bin/env bash
# assay new-plugin: what it makes builds without a warning, passes its own test, and installs; what it refuses leaves
# nothing behind.
. "$(dirname "$0")/lib.sh"
pkg_config

for kind in analyser loader summary writer; do
    name=fresh_$kind
    assay new-plugin "$name" --kind "$kind" >out 2>log
    same "$kind: it is made" "0 $name/: a plugin of the kind $kind, $name/$name.c; cd $name && make test builds and checks it" \
        "$? $(cat out log)"
    n=$(wc -l <"$name/$name.c")
    ok $((n >= 100)) "$kind: its source is below 100 lines" "$n"
    same "$kind: nothing is left to fill in" "" "$(grep -rl '@NAME@\|@CONF@' "$name"; find "$name" -name '*NAME*')"
    make -s -C "$name" CC="${CC:-cc}" CFLAGS='-O2 -Wall -Wextra -Wpedantic -Werror' >out 2>&1
    same "$kind: it builds without a warning" "0 " "$? $(cat out)"
    make -s -C "$name" test >out 2>&1
    same "$kind: and passes its test" "0 $name: all is as it should be" "$? $(tail -n 1 out)"
    mandoc -T lint -W error "$name/assay-$name.7" >out 2>&1 || ! command -v mandoc >/dev/null
    ok $? "$kind: its manual page" "$(cat out)"
    make -s -C "$name" install DESTDIR="$work/root" MANDIR=/man >out 2>&1
    same "$kind: it installs" "0 assay-$name.7 $name.so" \
        "$? $(find root -name "*$name*" -type f -printf '%f\n' | sort | paste -sd' ')"
    sed -i 's/"1.0"/1.0/' "$name/$name.c"
    make -s -C "$name" test >out 2>&1
    ok $(($? ? 0 : 1)) "$kind: a mistake fails make test"
done

# ---- the checks reach what is done with a dictionary of one's own

assay new-plugin zebras --kind analyser >out
sed -i 's/"father\*", "{dad|dads}"/"{zebra|zebras} <0-2> crossing*"/; s/"grandparent\*"/"quagga*"/' zebras/zebras.cfg
sed -i 's/ASSAY_NAMES("area", "entry")/ASSAY_NAMES("area")/' zebras/zebras.c
make -s -C zebras test >out 2>&1
same "a key that is doubled where its words are named" "not ok run.keys" "$(sed -n 's/^\(not ok\) [0-9]* - /\1 /p' out)"

# ---- what is refused, and leaves nothing

refused() { # STATUS WHAT ARGUMENTS...
    local status=$1 what=$2
    shift 2
    ls -A >before
    assay new-plugin "$@" >out 2>log
    same "refused: $* " "$status" "$?"
    ok "$(grep -qF -e "$what" log && echo 0 || echo 1)" "refused: $*: told" "$(cat log)"
    same "refused: $*: nothing is left" "$(cat before)" "$(ls -A)"
}
touch before out log
refused 2 '"Bad" can'"'"'t be a plugin'"'"'s name' Bad --kind analyser
refused 2 '"../up" can'"'"'t be' ../up --kind analyser
refused 2 'there is a plugin "themes" already' themes --kind analyser
refused 2 '"reports" is a table of every run' reports --kind analyser
refused 2 '"cross_area" is a table of risk' cross_area --kind summary
refused 2 '"pipeline" would stand for two files' pipeline --kind analyser
refused 2 '--kind takes analyser, loader, summary or writer' fine --kind report
refused 2 '--kind takes analyser, loader, summary or writer' fine
refused 2 'give one name' --kind analyser
refused 2 'give one name' one two --kind analyser
refused 2 'fresh_writer: File exists' fresh_writer --kind writer
mkdir sealed
chmod a-w sealed
(cd sealed && unprivileged assay new-plugin fine --kind analyser >../out 2>../log)
same "a folder that can't be made" "3 assay: error: fine: Permission denied" "$? $(cat log)"
(ulimit -f 1; trap '' XFSZ; assay new-plugin large --kind analyser >out 2>log; echo $? >status)
same "a disk that is full" 3 "$(cat status)"
same "and nothing is left" "" "$(ls -d large* 2>/dev/null)"
finish
