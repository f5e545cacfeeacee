#!/usr/bin/env python3
"""Kills runs by SIGKILL, at one of their calls or by the clock, alone or with all their processes: TAP.

    kills.py N SEED      N runs; the seed decides where each is killed

After each the output folder is the old or the new one, entire; and the next run succeeds, and leaves nothing over.
"""
import collections
import os
import pathlib
import random
import signal
import sys
import tempfile
import time

from runs import KINDS, PLAIN, Place, Point, nothing, tables


class Kills:
    def __init__(self, root, seed):
        self.random = random.Random(seed)
        self.place = Place(root)
        self.whole, self.n_calls = {}, collections.Counter()
        for self.place.marked in (False, True):
            began = time.monotonic()
            ended = self.place.run(nothing(PLAIN, "cold"), trace=True)
            self.seconds = time.monotonic() - began
            assert ended.status == 0, ended
            self.whole[self.place.marked] = tables(self.place.out)
        for event in self.place.events():
            self.n_calls[event.kind] += event.place == "run"

    def at_a_call(self, cache, all_processes):
        kind = self.random.choice([kind for kind in KINDS if self.n_calls[kind]])
        how = "killall" if all_processes else "kill"
        return self.place.run(Point("", PLAIN, cache, kind, self.random.randint(1, self.n_calls[kind]), "run", how))

    def by_the_clock(self, cache, all_processes):
        process = self.place.start(nothing(PLAIN, cache))
        time.sleep(self.random.uniform(0, self.seconds))
        if all_processes:
            os.killpg(process.pid, signal.SIGKILL)  # it isn't waited for yet, so it is still that process
        else:
            process.kill()
        return self.place.end(process)

    def one(self):
        """One that is killed, and the next. Its status, and what is wrong."""
        old = self.place.marked
        self.place.marked = not old
        kill = self.random.choice((self.at_a_call, self.by_the_clock))
        ended = kill(self.random.choice(("cold", "hot", "none")), self.random.random() < 0.5)
        out = tables(self.place.out)
        is_new = out == self.whole[not old]
        wrong = []
        if not is_new and out != self.whole[old]:
            wrong.append("the output is neither the old nor the new one")
        if ended.status not in (0, -signal.SIGKILL) or (ended.status == 0 and not is_new):
            wrong.append(f"status {ended.status}: {ended.messages}")
        next_one = self.place.run(nothing(PLAIN, "hot"))
        if next_one.status != 0 or tables(self.place.out) != self.whole[not old]:
            wrong.append(f"the next run: {next_one.status} {next_one.messages}")
        if self.place.left_beside():
            wrong.append(f"the next run leaves {self.place.left_beside()}")
        return ended.status, is_new, wrong


def main():
    n, seed = int(sys.argv[1]), int(sys.argv[2])
    bad, ends = [], collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        kills = Kills(pathlib.Path(folder) / "place", seed)
        for i in range(n):
            status, is_new, wrong = kills.one()
            ends[status != 0, is_new] += 1
            bad += [f"{i}: {w}" for w in wrong]
    print(f"{'not ok' if bad else 'ok'} 1 - a run that is killed leaves the old output or the new, and no trouble for the next",
          f"{n} runs: killed with the old output in place {ends[True, False]}, with the new {ends[True, True]}, "
          f"ended before {ends[False, True]}", *bad, sep="\n# ")
    print("1..1")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
