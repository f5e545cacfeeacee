#!/usr/bin/env bash
# Where the output can't be written, or not all of it: a disk that is full, folders and file systems that are read-only, a
# quota; the status is 3, and the earlier output as it was. The disks are tmpfs: the test mounts them in a namespace of its
# own, for which it has to be root, or a user who may make namespaces.
if [ -z "${ASSAY_DISKS:-}" ]; then
    if [ "$(id -u)" = 0 ]; then new="unshare -m"; else new="unshare -Urm"; fi
    # shellcheck disable=SC2086
    ASSAY_DISKS=1 exec $new "${BASH:-bash}" "$0"
fi
. "$(dirname "$0")/lib.sh"

mkdir disk
mount -t tmpfs -o size=4m tmpfs disk || exit 1
trap 'umount disk; rm -rf "$work"' EXIT
reports=$source_dir/tests/reports
run() { assay run "$source_dir/conf/ilacs.cfg" "$@" --no-cache 2>log; }
beside() { find "$1" -mindepth 1 -maxdepth 1 ! -name out | sort | xargs; }

run "$reports/eastmere" -o disk/out
same "an output that the disk has room for" 0 $?
before=$(digest disk/out)

# ---- a disk of 4 MiB and an output that is larger

mkdir many
for copy in {1..4}; do
    for report in "$reports"/*/*.txt; do
        sed "s/^The work/The $copy. work/; \$a Copy $copy." "$report" >"many/$copy-$(basename "$(dirname "$report")")-$(basename "$report")"
    done
done
run many -o whole
ok "$([ "$(du -sb whole | cut -f 1)" -gt 4194304 ]; echo $?)" "the output would be larger than the disk" "$(du -sb whole)"
run many -o disk/out
same "a disk that is too small for the output" "3 1" "$? $(grep -c 'No space left on device$' log)"
same "the earlier one is as it was, and nothing stands beside it" "$before " "$(digest disk/out) $(beside disk)"

# ---- a disk that is full sooner or later

run "$reports/wrayburn" -o whole
expected=$(digest whole)
status=3
n_full=0
for ((room = 0; status == 3; room = room ? 2 * room : 64)); do
    dd if=/dev/zero of=disk/filler bs=1024 2>/dev/null # till it is full
    truncate -s "-$((room * 1024))" disk/filler
    run "$reports/wrayburn" -o disk/out
    status=$?
    rm disk/filler
    [ "$status" != 3 ] || n_full=$((n_full + 1))
    [ "$status" = 0 ] || [ "$before " = "$(digest disk/out) $(beside disk)" ] || break
done
same "with more and more room there is an error, and the earlier output, until it is enough" "0 $expected " "$status $(digest disk/out) $(beside disk)"
ok "$((n_full < 3))" "which it is late" "$n_full times there was too little room"

# ---- a quota: files may not be longer than it

before=$(digest disk/out)
for size in 0 64; do
    told=$(ulimit -f "$size"; assay run "$source_dir/conf/ilacs.cfg" "$reports/eastmere" -o disk/out --no-cache 2>&1)
    same "files of at most $size KiB" "3 1" "$? $(grep -c 'File too large$' <<<"$told")"
done
same "the earlier output is as it was" "$before " "$(digest disk/out) $(beside disk)"

# ---- what can't be written to

mount -o remount,ro disk
run "$reports/eastmere" -o disk/out
same "a file system that is read-only" "3 assay: error: output folder \"disk/out\": nothing can be written beside it: Read-only file system" "$? $(cat log)"
same "the earlier output is as it was" "$before " "$(digest disk/out) $(beside disk)"
mount -o remount,rw disk
chmod 555 disk
unprivileged assay run "$source_dir/conf/ilacs.cfg" "$reports/eastmere" -o disk/out --no-cache 2>log
same "a folder that is read-only" "3 assay: error: output folder \"disk/out\": nothing can be written beside it: Permission denied" "$? $(cat log)"
chmod 755 disk
same "the earlier output is as it was" "$before " "$(digest disk/out) $(beside disk)"

# ---- messages that nobody can read

run "$reports/eastmere" -o told
for closed in '2>/dev/full' '2>&-'; do
    eval "assay run '$source_dir/conf/ilacs.cfg' '$reports/eastmere' -o untold --no-cache $closed"
    same "$closed: the run is the same" "0 $(digest told)" "$? $(digest untold)"
done
finish
