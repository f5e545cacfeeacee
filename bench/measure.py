"""What the benchmarks share: processor time of a command, the machine, and what is over a limit."""
import csv, os, platform, subprocess, sys

PER_VALUE = 8  # bytes that the summary benchmark keeps of each value: they may come on top of a growth


def machine(assay):
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return (f"{len(os.sched_getaffinity(0))} processors ({model}), Linux {platform.release()}, "
            f"load {os.getloadavg()[0]:.1f}, {subprocess.check_output([assay, '--version'], text=True).splitlines()[0]}")


def time_of(command, allowed, **more):
    """Processor seconds of a command and all that it waited for."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)
    said = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in allowed:
        sys.exit(f"{command}: status {child.returncode}: {said.decode(errors='replace')[-500:]}")
    return used.ru_utime + used.ru_stime


def values(out):
    """How many the summary benchmark compared, of the run whose tables are in that folder."""
    with open(os.path.join(out, "benchmark.csv"), encoding="utf-8", newline="") as f:
        column = next(rows := csv.reader(f)).index("value")
        return sum(row[column] != "" for row in rows)


def told(name, value, unit, limit, width=34, decimals=3):
    over = value > limit
    print(f"  {name:<{width}}{value:8.{decimals}f} {unit:<6} at most {limit:g}{'  EXCEEDED' if over else ''}", flush=True)
    return over
