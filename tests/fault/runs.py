"""Runs of assay with inject.c between them and the system, and what they leave: for faults.py and kills.py."""
import collections
import hashlib
import os
import pathlib
import shutil
import struct
import subprocess

SOURCE, BUILD = (pathlib.Path(os.environ[name]) for name in ("ASSAY_SOURCE_DIR", "ASSAY_BUILD_DIR"))
PLAIN = BUILD / "assay"
FINE = BUILD / "tests/fault/assay"  # of it every allocation takes memory of its own
REPORTS = [SOURCE / "tests" / name for name in ("reports/eastmere/2019-03-04.txt", "pdf/eastmere-2015-06-12.pdf")]

# As in inject.c.
KINDS = ("memory open read write sync rename exchange fork pipe mmap memfd mkdir remove stat close lock change socket "
         "wait limit").split()
PLACES = ("run", "reports")
HEAD = struct.Struct(f"{len(PLACES) * len(KINDS) + 4}I")
EVENT = struct.Struct("BBHI")
Record = collections.namedtuple("Record", "n_struck n_blocks n_left_open n_events")
Event = collections.namedtuple("Event", "kind place path")

# A call to go wrong, of which program, with which cache: cold, hot or none.
Point = collections.namedtuple("Point", "group program cache kind at place how")
Ended = collections.namedtuple("Ended", "status messages record")

OF_THE_RUN = ("run.json", "ledger", "changes.csv")  # they depend on where it ran and on what was there before


def nothing(program, cache):
    """A run in which nothing goes wrong."""
    return Point("", program, cache, "memory", 0, "run", "fail")


def tables(folder):
    """Per file its digest, without those of the run itself; None: there is no folder."""
    if not folder.is_dir():
        return None
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.iterdir() if f.name not in OF_THE_RUN}


class Place:
    """An output folder and a cache, for one run after the other."""

    def __init__(self, root):
        self.out = root / "beside" / "out"
        self.cache = root / "cache"
        self.record = root / "record"
        self.out.parent.mkdir(parents=True)
        self.marked = False  # whether the next run's tables begin with a mark: so they differ from the ones before

    def start(self, point, reports=None, trace=False):
        if point.cache == "cold":
            shutil.rmtree(self.cache, ignore_errors=True)
        plugins = [str(BUILD / "plugins" / kind / ".libs") for kind in ("loaders", "analysers", "summaries", "writers")]
        environment = os.environ | {"XDG_CACHE_HOME": str(self.cache),
                                    "ASSAY_PLUGIN_PATH": ":".join(plugins),
                                    "ASAN_OPTIONS": "verify_asan_link_order=0:allocator_may_return_null=1",
                                    "GCOV_PREFIX": str(self.record.parent),  # what is killed writes half a file
                                    "LD_PRELOAD": str(BUILD / "tests/fault/.libs/inject.so"),
                                    "FAULT_RECORD": str(self.record),
                                    "FAULT": f"{point.kind} {point.at} {point.place} {point.how}"}
        if trace:
            environment["FAULT_TRACE"] = "1"
        command = [point.program, "run", SOURCE / "conf/ilacs.cfg", *(reports or REPORTS), "-o", self.out, "-j", "1",
                   "--set", f"writers.csv.bom={str(self.marked).lower()}"]
        if point.cache == "none":
            command.append("--no-cache")
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, start_new_session=True)

    def end(self, process):
        try:
            messages = process.communicate(timeout=300)[1].decode(errors="replace").splitlines()
        except subprocess.TimeoutExpired:
            process.kill()
            messages = ["it hangs"]
        with open(self.record, "rb") as f:
            record = Record(*HEAD.unpack(f.read(HEAD.size))[-4:])
        return Ended(process.wait(), messages, record)

    def run(self, point, reports=None, trace=False):
        return self.end(self.start(point, reports, trace))

    def events(self):
        """The calls of a run that was traced."""
        data = self.record.read_bytes()
        n = Record(*HEAD.unpack_from(data)[-4:]).n_events
        events = (EVENT.unpack_from(data, HEAD.size + EVENT.size * i) for i in range(n))
        return [Event(KINDS[kind], PLACES[place], path) for kind, place, _, path in events]

    def left_beside(self):
        """What is neither output nor cache."""
        return [f.name for f in self.out.parent.iterdir() if f != self.out] + [f.name for f in self.cache.rglob("new-*")]
