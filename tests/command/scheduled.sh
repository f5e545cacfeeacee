#!/usr/bin/env bash
# The unit, the timer and the cron line that start a run every night. No systemd has to run: it checks them offline, and the
# command of the unit is run with as much of its confinement as can be had without: its system calls, and in a user
# namespace its read-only system, empty /tmp, /home and /root, no network and no rights. Not tried: what else the unit asks
# of systemd (ProcSubset, RestrictAddressFamilies, RestrictNamespaces, its user and the making of its folders).
. "$(dirname "$0")/lib.sh"

contrib=$build_dir/contrib
program=$build_dir/assay
take "$source_dir/conf" conf
take "$source_dir/tests/reports" reports

# ---- the unit and the timer

mkdir units
cp "$source_dir/contrib/systemd/assay.timer" units
sed "s|^ExecStart=[^ ]*|ExecStart=$program|" "$contrib/systemd/assay.service" >units/assay.service
systemd-analyze --man=no verify units/assay.service units/assay.timer >log 2>&1
same "systemd finds nothing wrong with them" "0 " "$? $(cat log)"
systemd-analyze security --offline=true --threshold=3 units/assay.service >log 2>&1
ok $? "and rates the exposure of the service at 0.3 of 10 at most" "$(cat log)"

# The system calls that the unit allows, one a line
allowed_calls() {
    python3 - "$1" <<'PY'
import subprocess, sys

def calls(names):
    found = set()
    for name in names:
        if name.startswith("@"):
            lines = subprocess.run(["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True).stdout
            words = [line.strip() for line in lines.splitlines()[1:]]
            found |= calls(word for word in words if word and not word.startswith("#"))
        else:
            found.add(name)
    return found

allowed = set()
for line in open(sys.argv[1], encoding="utf-8"):
    key, _, value = line.strip().partition("=")
    if key == "SystemCallFilter" and value.startswith("~"):
        allowed -= calls(value[1:].split())
    elif key == "SystemCallFilter":
        allowed |= calls(value.split())
print("\n".join(sorted(allowed)))
PY
}
allowed_calls units/assay.service >calls
ok "$(grep -qx seccomp calls && ! grep -qx mount calls && echo 0 || echo 1)" "which system calls it allows is found"
${CC:-cc} -std=gnu17 "$source_dir/tests/command/confine.c" -o confine -lseccomp || exit 1

mkdir -p state/assay cache/assay
chmod 700 cache/assay
export PIPELINE=$work/conf/ilacs.cfg REPORTS=$work/reports
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # which takes calls that no run makes
eval "command=($(sed -n 's/^ExecStart=//p' units/assay.service | sed 's|%S|"$work"/state|g'))"
confined=(bwrap --die-with-parent --ro-bind / / --tmpfs /tmp --tmpfs /home --tmpfs /root --dev /dev --proc /proc
    --ro-bind "$source_dir" "$source_dir" --ro-bind "$build_dir" "$build_dir" --ro-bind "$work" "$work"
    --bind "$work/state" "$work/state" --bind "$work/cache" "$work/cache"
    --unshare-user --uid 1000 --gid 1000 --unshare-net --unshare-ipc --unshare-pid --cap-drop ALL --setenv XDG_CACHE_HOME "$work/cache")
where="with its system calls, in its file system and without a network"
"${confined[@]}" true 2>log || {
    sed 's/^/# /' log
    confined=(env "XDG_CACHE_HOME=$work/cache")
    where="with its system calls (this machine allows no namespaces)"
}
assay run "$PIPELINE" "$REPORTS" --no-cache -o expected 2>log
"${confined[@]}" ./confine calls "${command[@]}" 2>log
same "the unit's command works $where" "0 $(digest expected)" "$? $(digest state/assay/tables)"
same "each report in its sandbox, as in any run" "$(jq .execution.sandbox expected/run.json)" \
    "$(jq .execution.sandbox state/assay/tables/run.json)"
"${confined[@]}" ./confine calls "${command[@]}" 2>log
same "and so does that of the next night, which has what was kept" "0 $(digest expected) $(find reports -type f | wc -l)" \
    "$? $(digest state/assay/tables) $(jq .cache.batches.hits state/assay/tables/run.json)"
grep -vx renameat2 calls >fewer
"${confined[@]}" ./confine fewer "${command[@]}" 2>log
ok "$([ $? -gt 128 ] && echo 0 || echo 1)" "a call that it doesn't allow would have ended it" "$(cat log)"

# ---- the cron line

mkdir home
line=$(grep '^[0-9]' "$contrib/cron/assay")
same "cron: once a day, at a fixed time, as a user of its own" "30 2 * * * assay" \
    "$(set -f && set -- $line && echo "$1 $2 $3 $4 $5 $6")"
entry=$(printf '%s\n' "$line" | cut -d' ' -f 7- |
    sed "s|[^ ]*/bin/assay|$program|; s|[^ ]*/conf/ilacs.cfg|$PIPELINE|; s|/srv/reports|$work/reports|; s|/var/lib/assay|$work/home|")
ok "$(case $entry in *%*) echo 1 ;; *) echo 0 ;; esac)" "nothing in it that cron takes for the end of a line"
nightly() { env -i HOME="$work/home" PATH=/usr/bin:/bin sh -c "$entry"; }
got=$(nightly 2>&1)
same "it makes the tables and prints nothing, so that there is no mail" "0 $(digest expected)" "$?$got $(digest home/tables)"
echo "<html>This page has moved." >reports/moved.pdf
got=$(nightly 2>&1)
same "where reports fail it prints what assay says" 1 "$(printf '%s\n' "$got" | grep -c 'moved.pdf: text: is an HTML page')"
finish
