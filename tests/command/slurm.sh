#!/usr/bin/env bash
# contrib/slurm/assay.sbatch on a cluster of this machine alone: munged, slurmctld and slurmd are started here with a
# configuration, a key and folders of their own, and stopped at the end whatever happens. Eight shards, one of which is killed
# and made again, give the tables of one run.
. "$(dirname "$0")/lib.sh"
export PATH=$PATH:/usr/sbin
unset "${!SLURM_@}" "${!SBATCH_@}" SHARDS OUTPUT SHARD_FOLDER

# ---- the cluster

daemons=()
# start COMMAND...: in a process group of its own
start() {
    setsid "$@" >"cluster/$1.out" 2>&1 &
    daemons+=($!)
}
# wait_for COMMAND...: until it succeeds, at most three minutes
wait_for() {
    local i
    for ((i = 0; i < 1800; i++)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.1
    done
    return 1
}
# The processes of Slurm and of its jobs that have left those groups. They have the configuration in their environment, but for
# slurmstepd, which writes its title there and works in the folder of its job.
processes() (
    unset SLURM_CONF
    grep -lzFx "SLURM_CONF=$work/cluster/slurm.conf" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f 3
    for process in $(pgrep slurmstepd); do
        [ "$(readlink "/proc/$process/cwd")" != "$work" ] || echo "$process"
    done
)
none_is_left() { ! kill -0 -- "${daemons[@]/#/-}" && [ -z "$(processes)" ]; }
all_killed() {
    kill -KILL -- "${daemons[@]/#/-}" $(processes)
    none_is_left
}
stop_cluster() { wait_for all_killed; }
# A second signal, as timeout(1) and an impatient user send it, must not cut this short.
end() {
    trap '' HUP INT TERM
    stop_cluster
    chmod -R u+rwx "$work"
    rm -rf "$work"
}
trap 'end 2>/dev/null' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# As many free ports of this machine as one asks for
free_ports() {
    python3 - "$1" <<'PY'
import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(s.getsockname()[1] for s in sockets))
PY
}
configure() {
    local node controller_port node_port user
    node=$(uname -n)
    node=${node%%.*}
    user=$(id -un)
    read -r controller_port node_port <<<"$(free_ports 2)"
    cat >cluster/slurm.conf <<END
ClusterName=assay
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$controller_port
SlurmdPort=$node_port
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$work/cluster/munge.socket
StateSaveLocation=$work/cluster/state
SlurmdSpoolDir=$work/cluster/spool
SlurmctldPidFile=$work/cluster/slurmctld.pid
SlurmdPidFile=$work/cluster/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0,bf_interval=1
SlurmdParameters=config_overrides
NodeName=$node NodeHostname=$node NodeAddr=127.0.0.1 CPUs=16 RealMemory=65536
PartitionName=all Nodes=$node Default=YES State=UP
END
    # Nothing of this is used, but left to find out for itself slurmd doesn't start where there are no control groups.
    echo "CgroupPlugin=cgroup/v1" >cluster/cgroup.conf
}
node_is_idle() { sinfo --noheader --format=%T | grep -qx idle; }
start_cluster() {
    mkdir -p cluster/state cluster/spool
    head -c 128 /dev/urandom >cluster/munge.key
    chmod 600 cluster/munge.key
    configure
    export SLURM_CONF=$work/cluster/slurm.conf
    # --force: the folder is nobody else's, and munged wants all users to reach its socket
    start munged --foreground --force --key-file="$work/cluster/munge.key" --socket="$work/cluster/munge.socket" \
        --pid-file="$work/cluster/munge.pid" --seed-file="$work/cluster/munge.seed"
    wait_for munge -n --socket="$work/cluster/munge.socket" || return 1
    start slurmctld -D
    start slurmd -D -N "$(sed -n 's/^NodeName=\([^ ]*\).*/\1/p' cluster/slurm.conf)"
    wait_for node_is_idle
}
start_cluster
up=$?
ok $up "a cluster of one node is up" "$(tail -n 20 cluster/*.out)"
[ $up = 0 ] || exit 1

# ---- reports, a broken one and a copy among them, and one run over them

take "$source_dir/conf" conf
take "$source_dir/tests/reports" reports
for i in 1 2 3 4 5 6 7 8 9; do echo "Not a report, but number $i." >"reports/broken-$i.txt"; done
cp "$source_dir/tests/reports/eastmere/2015-06-12.txt" reports/zz-copy.txt
assay run conf/ilacs.cfg reports -o expected 2>log
same "one run" "1 1" "$? $(cells expected/duplicates.csv source | wc -l)"

# assay, but while there is a file called hold, the run of shard 3 is stopped at work: when it has locked its folder, and
# has not yet put it into place
cat >held-assay <<'END'
#!/usr/bin/env bash
lock=out.shards/.3.assay-lock
case "$* " in *"--shard 3/8 "*) ;; *) exec assay "$@" ;; esac
[ -e hold ] || exec assay "$@"
while true; do
    assay "$@" &
    until [ -e $lock ] || ! kill -0 $!; do :; done
    kill -STOP $! && [ -e $lock ] && [ ! -e out.shards/3 ] && break
    kill -CONT $!
    wait $!
    rm -r out.shards/3
done
echo $! >held.new && mv held.new held
wait $!
END
chmod +x held-assay
touch hold
export ASSAY=$work/held-assay
submit() { bash "$source_dir/contrib/slurm/assay.sbatch" conf/ilacs.cfg reports "$@" 2>&1; }
# The number of a job in what was printed
job() { sed -n "s/^$1: .*job \([0-9]*\).*/\1/p" submitted; }
ended() { ! squeue --noheader | grep -q .; }
job_state() { scontrol show job "$1" | sed -n 's/.*JobState=\([A-Z]*\).*/\1/p' | sort | uniq -c | sed 's/^ *//' | paste -sd' '; }

# ---- the first time

submit >submitted
same "eight shards and the merge are handed to Slurm" "0 shards: 1,2,3,4,5,6,7,8 of 8, job N; logs are in out.shards"$'\n'"merge: job N, into out" \
    "$? $(sed 's/job [0-9]*/job N/' submitted)"
wait_for test -e held
same "a run is at work on shard 3" 0 $?
got=$(submit) || got="$? $got"
same "meanwhile the same command is refused" \
    "2 assay.sbatch: out.shards: jobs $(job shards),$(job merge) are not over; wait for them, or scancel them" "$got"
kill -KILL "$(cat held)"
wait_for ended
same "it is killed, and all jobs end" 0 $?
same "its task has failed, and no other: also those with broken reports are complete" "7 COMPLETED 1 FAILED" "$(job_state "$(job shards)")"
same "the merge has failed" "1 FAILED" "$(job_state "$(job merge)")"
ok "$(grep -q 'shard 3 of 8 is missing' out.shards/merge.log && [ ! -e out ] && echo 0 || echo 1)" "and says what is missing, and there are no tables" "$(cat out.shards/merge.log)"
got=$(submit --set limits.seconds=30)
same "other arguments are refused, while there are shards of these" 2 $?
ok "$([[ $got == *"holds shards of other arguments (8 conf/ilacs.cfg reports )"* ]] && echo 0 || echo 1)" "with the reason" "$got"

# ---- again

rm hold
submit >submitted
same "only the shard that is missing is made again" "0 shards: 3 of 8, job N; logs are in out.shards" "$? $(sed -n '1s/job [0-9]*/job N/p' submitted)"
wait_for ended
same "its task and the merge succeed" "1 COMPLETED 1 COMPLETED" "$(job_state "$(job shards)") $(job_state "$(job merge)")"
same "the tables are those of one run" "" "$(diff -r -x run.json -x changes.csv expected out | head -n 20)"
same "the shards are gone, the logs are kept" "arguments jobs merge.log $(printf 'shard-%d.log ' 1 2 3 4 5 6 7 8)" \
    "$(ls out.shards | tr '\n' ' ')"

# ---- wrong use

cp "$source_dir/contrib/slurm/assay.sbatch" slurm_script # what Slurm calls it
got=$(bash slurm_script conf/ilacs.cfg reports 2>&1)
same "handed to sbatch it says how it is started" "2 assay.sbatch: is not for sbatch: start it by bash, and it hands its jobs to Slurm itself" "$? $got"
got=$(SHARDS=0 submit)
same "no number of shards" "2 assay.sbatch: SHARDS is 0; it has to be a number from 1" "$? $got"
stop_cluster 2>/dev/null
none_is_left 2>/dev/null
same "nothing of the cluster is left" 0 $?
finish
