#!/usr/bin/env bash
# assay cache: what it tells, what it removes, and what it keeps its hands off.
. "$(dirname "$0")/lib.sh"

lines=$XDG_CACHE_HOME/assay/lines
batches=$XDG_CACHE_HOME/assay/batches
key=$(printf 0 | sha256sum | cut -c1-64)

assay cache >told 2>log
same "a cache that isn't there is empty" "0 folder $XDG_CACHE_HOME/assay lines 0 (0.0 MiB) batches 0 (0.0 MiB) limit 1024 MiB, unless a pipeline sets limits.cache_mib" \
    "$? $(xargs <told)"
same "and asking makes none" "no" "$([ -e "$XDG_CACHE_HOME" ] && echo yes || echo no)"
assay cache --clear >told 2>log
same "nothing is to be removed then" "0 removed 0 (0.0 MiB)" "$? $(xargs <told)"

mkdir -p "$lines" "$batches"
chmod 700 "$XDG_CACHE_HOME/assay" "$lines" "$batches"
head -c 1572864 /dev/zero >"$lines/$key"
head -c 524288 /dev/zero >"$lines/${key//[0-9]/b}"
head -c 262144 /dev/zero >"$batches/$key"
echo mine >"$lines/notes"
echo aim >aim
ln -s ../../../aim "$batches/${key//[0-9]/a}"
assay cache >told
same "entries and their size" "lines 2 (2.0 MiB) batches 1 (0.2 MiB)" "$(sed -n 2,3p told | xargs)"
assay cache --clear >told 2>log
same "clear removes them" "0 removed 3 (2.2 MiB)" "$? $(xargs <told)"
same "and what isn't assay's own stays" "notes ${key//[0-9]/a} aim" "$(ls "$lines") $(ls "$batches") $(cat aim)"

assay cache now >told 2>log
same "an operand is wrong use" "2 0 assay cache: takes no operands; see assay cache --help" "$? $(stat -c %s told) $(cat log)"
assay check "$source_dir/conf/ilacs.cfg" --clear 2>log
same "clear is of the cache alone" "2 assay check: there is no option --clear; see assay check --help" "$? $(cat log)"
assay check "$source_dir/conf/ilacs.cfg" --set limits.cache_mib=0 2>log
same "a limit out of range" "2 assay: error: --set limits.cache_mib: limits: \"cache_mib\" is 0, outside 1 to 1048576" "$? $(cat log)"

chmod 770 "$XDG_CACHE_HOME/assay"
assay cache >told 2>log
same "a folder that others may write to" "2 0 assay: error: cache $XDG_CACHE_HOME/assay: others may write to it, so it is not trusted; chmod go-w it, or remove it" \
    "$? $(stat -c %s told) $(cat log)"
if [ "$(id -u)" = 0 ]; then
    chmod 700 "$XDG_CACHE_HOME/assay"
    chown 65534 "$XDG_CACHE_HOME/assay"
    assay cache --clear >told 2>log
    same "a folder of someone else's" "2 assay: error: cache $XDG_CACHE_HOME/assay: belongs to another user (id 65534); set XDG_CACHE_HOME to a folder of your own" \
        "$? $(cat log)"
fi
env -u XDG_CACHE_HOME -u HOME "$build_dir/assay" cache 2>log
same "no folder at all" "2 assay: error: cache: there is no folder for it; set HOME or XDG_CACHE_HOME to an absolute path" \
    "$? $(cat log)"
finish
