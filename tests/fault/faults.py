#!/usr/bin/env python3
"""Lets one call of a run fail after another (inject.c), and looks after each run at what it leaves: TAP.

    faults.py [--points N] [--show]      N: of each group so many, drawn by a fixed seed; else all. --show: all messages

Each run is over two reports, with the output of an earlier one in its place. Whatever failed, the run isn't ended by a
signal, keeps no memory and no descriptor, leaves nothing beside the output folder, and

    ends with 0    the tables are those of a run in which nothing fails
    or with 1      one report is in errors.csv, and all other tables are those of the other report alone
    or with more   the earlier output is as it was, and the last message says what went wrong
"""
import argparse
import collections
import concurrent.futures
import csv
import functools
import json
import os
import pathlib
import queue
import random
import sys
import tempfile

from runs import FINE, KINDS, PLAIN, REPORTS, Place, Point, nothing, tables

EINTR = 4
OF_MUPDF = ("error: malloc", "error: calloc", "cannot create context")  # before it can be told where its messages go


# ---- what is right

class Expected:
    """What outputs look like, and what a run holds at its end in any case."""

    def __init__(self, place):
        self.whole, self.alone = {}, {}
        for place.marked in (False, True):
            self.whole[place.marked] = self.of(place, REPORTS)
            for report in REPORTS:
                self.alone[place.marked, report.name] = self.of(place, [r for r in REPORTS if r != report])
        self.blocks = {program: place.run(nothing(program, "none")).record.n_blocks for program in (PLAIN, FINE)}

    @staticmethod
    def of(place, reports):
        ended = place.run(nothing(PLAIN, "none"), reports)
        assert ended.status == 0, ended
        return tables(place.out)

    def faults(self, place, point, ended, before):
        """What is wrong after a run, in words."""
        now = tables(place.out)
        errors = [m for m in ended.messages if m.startswith("assay: error: ")]
        strange = [m for m in ended.messages if not m.startswith(("assay: ",) + OF_MUPDF)]
        checks = [("strange messages", strange),
                  ("it isn't done again", point.how == EINTR and ended.status != 0),
                  (f"it is left: {place.left_beside()}", place.left_beside() and not may_leave(point, ended, place)),
                  ("memory is left", ended.record.n_blocks > self.blocks[point.program]),
                  ("descriptors are left open", ended.record.n_left_open)]
        if ended.status == 0:
            checks += [("the tables are others", now != self.whole[place.marked]), ("errors are told", errors)]
        elif ended.status == 1:
            checks += [("other tables than errors.csv are others", not self.one_failed(place, now)),
                       ("it isn't told once which report failed", len(errors) != 1)]
        else:
            checks += [(f"status {ended.status}", ended.status not in (2, 3, 4)),
                       ("the earlier output isn't as it was", now != before),
                       ("no error is told at the end", not errors or ended.messages[-1] != errors[-1])]
        if ended.status in (0, 1):
            checks.append(("run.json is another's", status_of(place.out) != ended.status))
        return [name for name, wrong in checks if wrong]

    def one_failed(self, place, now):
        with open(place.out / "errors.csv", encoding="utf-8-sig", newline="") as f:
            failed = [row["source"] for row in csv.DictReader(f)]
        alone = self.alone.get((place.marked, failed[0])) if len(failed) == 1 else None
        return alone and {**alone, "errors.csv": now["errors.csv"]} == now


def may_leave(point, ended, place):
    """Whether the run can't remove something, or can't be sure that it may: the next one does."""
    if ended.status in (0, 1):  # the new output is in place, and the old one's folder may be what can't be read
        return point.kind in ("remove", "lock", "open", "read")
    return point.kind == "remove" or (point.kind in ("lock", "stat") and place.left_beside() == [".out.assay-lock"])


def status_of(folder):
    try:
        return json.loads((folder / "run.json").read_text(encoding="utf-8"))["status"]
    except (OSError, ValueError, KeyError):
        return None


# ---- which calls

@functools.cache
def traced(place, program, cache):
    ended = place.run(nothing(program, cache), trace=True)
    assert ended.status == 0, ended
    return place.events()


def every_call(place, group, cache, kinds, where, how="fail"):
    """One point for each call of a run."""
    n = collections.Counter(e.kind for e in traced(place, PLAIN, cache) if e.place == where)
    return [Point(group, PLAIN, cache, kind, at, where, how) for kind in kinds for at in range(1, n[kind] + 1)]


def every_path(place, group, program, cache, kinds, where, known=()):
    """One point for each way that leads to a call, but for those that are known."""
    seen, n, points = set(known), collections.Counter(), []
    for e in traced(place, program, cache):
        if e.place == where and e.kind in kinds:
            n[e.kind] += 1
            if e not in seen:
                points.append(Point(group, program, cache, e.kind, n[e.kind], where, "fail"))
            seen.add(e)
    return points


def all_points(place):
    memory, others = ["memory"], [kind for kind in KINDS if kind != "memory"]
    points = []
    for kind in KINDS:
        points += every_call(place, kind, "cold", [kind], "run")
    points += every_path(place, "with a full cache", PLAIN, "hot", KINDS, "run", traced(place, PLAIN, "cold"))
    points += every_path(place, "memory, a piece for each allocation", FINE, "cold", memory, "run")
    points += every_call(place, "in the reports' processes", "none", others, "reports")
    points += every_path(place, "memory in the reports' processes", PLAIN, "none", memory, "reports")
    points += every_call(place, "write from then on", "cold", ["write"], "run", "always")
    points += [p for p in every_call(place, "interrupted calls", "cold", ["socket", "wait"], "run", EINTR)
               if (p.kind, p.at) != ("socket", 1)]  # socketpair() can't be interrupted
    return points


def sample(points, n):
    """So many of each group; 0: all."""
    groups = collections.defaultdict(list)
    for p in points:
        groups[p.group].append(p)
    draw = random.Random(1)
    for group in groups.values():
        yield from draw.sample(group, min(n, len(group))) if n else group


# ---- all of it

def inject(place, expected, point):
    """One run, and the next one where it leaves something for that."""
    if point.cache == "hot":
        place.run(nothing(PLAIN, "cold" if not place.cache.exists() else "hot"))
    before = tables(place.out)
    place.marked = before != expected.whole[True]
    ended = place.run(point)
    wrong = expected.faults(place, point, ended, before)
    if place.left_beside():
        place.run(nothing(PLAIN, "cold"))
        if place.left_beside():
            wrong.append("the next run leaves it, too")
    return ended, wrong


def report(number, group, results):
    bad = [result for result in results if result[2]]
    n_struck = sum(ended.record.n_struck > 0 for _, ended, _ in results)
    statuses = collections.Counter(ended.status for _, ended, _ in results)
    print(f"{'ok' if n_struck and not bad else 'not ok'} {number} - {group}: nothing is lost where one fails")
    print(f"# {n_struck} runs in which one did; status and how often:",
          ", ".join(f"{status} {n}" for status, n in sorted(statuses.items())))
    for point, ended, wrong in bad:
        print(f"# {point.program.name} {point.cache}: {point.kind} {point.at} {point.place} {point.how}: {'; '.join(wrong)}",
              *ended.messages, sep="\n#   ")
    return bool(bad) or not n_struck


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--points", type=int, default=0)
    arguments.add_argument("--show", action="store_true")
    arguments = arguments.parse_args()
    n = len(os.sched_getaffinity(0))
    places, results = queue.SimpleQueue(), collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(n) as pool:
        first = Place(pathlib.Path(folder) / "first")
        expected = Expected(first)
        points = list(sample(all_points(first), arguments.points))
        for i in range(n):
            place = Place(pathlib.Path(folder) / str(i))
            place.run(nothing(PLAIN, "cold"))
            places.put(place)

        def work(point):
            place = places.get()
            try:
                return inject(place, expected, point)
            finally:
                places.put(place)

        for point, (ended, wrong) in zip(points, pool.map(work, points)):
            results[point.group].append((point, ended, wrong))
            if arguments.show:
                print(f"# {point.kind} {point.at} {point.place}: {ended.status}", *ended.messages, sep="\n#   ", flush=True)
    n_bad = sum([report(i, group, of) for i, (group, of) in enumerate(results.items(), 1)])
    print(f"1..{len(results)}")
    return n_bad > 0


if __name__ == "__main__":
    sys.exit(main())
