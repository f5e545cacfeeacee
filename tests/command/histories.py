#!/usr/bin/env python3
"""Random histories of a folder of reports: after each run its tables are those of a full run over the same folder.

    histories.py SEED STEPS

In the current folder, with the program `assay` on the PATH, conf/ and a pool of reports in pool/. Each step changes the folder
(adds, removes, renames, corrupts or repairs files, changes a dictionary) and runs over it: in one go or in shards that are
merged, with any number of processes and any state of the cache, now and then killed before, at any moment. A full run
is one over a copy of the folder, filled in another order, without a cache. `changes.csv` has to say what was changed since
the last run that succeeded. Says what failed, and ends with 1.
"""
import csv, hashlib, os, random, shutil, signal, subprocess, sys, time

OF_THE_RUN = ("run.json", "ledger", "changes.csv")


def digest(folder):
    h = hashlib.sha256()
    for name in sorted(set(os.listdir(folder)) - set(OF_THE_RUN)):
        with open(os.path.join(folder, name), "rb") as f:
            h.update(name.encode() + b"\0" + f.read())
    return h.hexdigest()


def sha256(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


class History:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.pool = sorted(os.path.join(d, f) for d, _, files in os.walk("pool") for f in files)
        self.before = None  # sources and digests of the last run, and that of the dictionary
        self.said = []
        for folder in ("in", "out", "copy", "full"):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copy("conf/themes/childrens-services.cfg", "themes.cfg")
        os.mkdir("in")
        for _ in range(4):
            self.add()

    # ---- changes of the folder

    def files(self):
        return sorted(os.path.relpath(os.path.join(d, f), "in") for d, _, files in os.walk("in") for f in files)

    def new_path(self):
        path = os.path.join("in", self.random.choice(["", "a", "a-b", "a/c"]), f"{self.random.randrange(40)}.txt")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def any_file(self):
        files = self.files()
        return os.path.join("in", self.random.choice(files)) if files else None

    def add(self):
        shutil.copy(self.random.choice(self.pool), self.new_path())

    def remove(self):
        if len(self.files()) > 2:
            os.unlink(self.any_file())

    def rename(self):
        os.replace(self.any_file(), self.new_path())

    def corrupt(self):
        if len(self.files()) > 2:
            with open(self.any_file(), "w", encoding="utf-8") as f:
                f.write("nothing " * self.random.randrange(3))

    def repair(self):
        shutil.copy(self.random.choice(self.pool), self.any_file())

    def change(self):
        with open(self.any_file(), "a", encoding="utf-8") as f:
            f.write(f"\nChildren wait too long for assessments {self.random.randrange(1000)} times.\n")

    def change_dictionary(self):
        with open("themes.cfg", "a", encoding="utf-8") as f:
            f.write(f"# {self.random.randrange(1000)}\n")

    def disturb(self):
        deeds = [self.add, self.remove, self.rename, self.corrupt, self.repair, self.change, self.change_dictionary]
        for _ in range(self.random.randrange(4)):
            deed = self.random.choice(deeds)
            self.said.append(deed.__name__)
            deed()

    # ---- runs

    def command(self, folder, out, *more):
        return ["assay", "run", "conf/ilacs.cfg", folder, "-o", out, "--set", "analysers.themes.dictionary=themes.cfg", *more]

    def options(self):
        return ["-j", str(self.random.randrange(1, 5)), *(["--no-cache"] if self.random.random() < 0.2 else [])]

    def call(self, command):
        self.said.append(" ".join(command))
        done = subprocess.run(command, stderr=subprocess.PIPE, check=False)
        if done.returncode not in (0, 1, 4):
            self.fail(f"status {done.returncode}: {done.stderr.decode(errors='replace')}")
        return done.returncode

    def kill(self):
        self.said.append("killed")
        inode = self.inode()
        child = subprocess.Popen(self.command("in", "out", *self.options()), stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(self.random.random() ** 2)
        if self.random.random() < 0.5:
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
        child.wait()
        if inode != self.inode():  # it had its output in place already
            self.remember()

    def run(self):
        """The status of a run in one go, or of its shards' merge."""
        n = self.random.choice([0, 0, 0, 1, 2, 7])
        if not n:
            return self.call(self.command("in", "out", *self.options()))
        for k in range(1, n + 1):
            self.call(self.command("in", f"shard{k}", "--shard", f"{k}/{n}", *self.options()))
        return self.call(["assay", "merge", *(f"shard{k}" for k in range(n, 0, -1)), "-o", "out"])

    def full_run(self):
        shutil.rmtree("copy", ignore_errors=True)
        files = self.files()
        self.random.shuffle(files)
        for name in files:
            os.makedirs(os.path.dirname(os.path.join("copy", name)), exist_ok=True)
            shutil.copy(os.path.join("in", name), os.path.join("copy", name))
        return self.call(self.command("copy", "full", "--no-cache"))

    # ---- what has to hold

    def fail(self, what):
        sys.exit(what + "\nafter: " + "; ".join(self.said))

    def left_over(self):
        return [name for name in os.listdir(".") if name.startswith((".out.", ".full.", ".shard"))]

    def changes(self, now):
        """What changes.csv has to say, as a set of rows without their reason."""
        if self.before is None:
            return set()
        (was, dictionary), rows = self.before, set()
        lone = {k: v for k, v in was["sha256"].items() if k not in now["sha256"]}
        for name, sha in sorted(now["sha256"].items()):
            if name not in was["sha256"]:
                rows.add(("new", name, sha))
            elif was["sha256"][name] != sha:
                rows.add(("changed", name, sha))
            elif (name in now["reports"]) != (name in was["reports"]) and (name in now["failed"]) != (name in was["failed"]):
                rows.add(("failed" if name in now["failed"] else "recovered", name, sha))
            elif name in now["reports"] and name in was["reports"] and dictionary != sha256("themes.cfg"):
                rows.add(("reanalysed", name, sha))
        rows |= {("gone", name, sha) for name, sha in lone.items()}
        return rows

    def table(self, name):
        with open(os.path.join("out", name), encoding="utf-8", newline="") as f:
            return list(csv.DictReader(f))

    def inode(self):
        return os.stat("out").st_ino if os.path.exists("out") else None

    def now(self):
        return {"sha256": {name: sha256(os.path.join("in", name)) for name in self.files()},
                "reports": {row["source"] for row in self.table("reports.csv")},
                "failed": {row["source"] for row in self.table("errors.csv")}}

    def remember(self):
        self.before = (self.now(), sha256("themes.cfg"))

    def check_changes(self):
        now = self.now()
        expected, got = self.changes(now), set()
        for row in self.table("changes.csv"):
            if row["change"] == "renamed":  # a new one and one that is gone, of one content
                got.add(("new", row["source"], now["sha256"][row["source"]]))
                got.add(("gone", row["source_before"], self.before[0]["sha256"][row["source_before"]]))
                if row["report_id"] != row["report_id_before"]:
                    self.fail(f"renamed, and another content: {row}")
            elif row["change"] == "gone":
                got.add(("gone", row["source_before"], self.before[0]["sha256"][row["source_before"]]))
            else:
                got.add((row["change"], row["source"], now["sha256"][row["source"]]))
        if expected != got:
            self.fail(f"changes.csv lacks {sorted(expected - got)} and has {sorted(got - expected)}")
        self.remember()

    def step(self):
        self.disturb()
        if self.random.random() < 0.2:
            self.kill()
        status = self.run()
        if status != self.full_run():
            self.fail(f"status {status}, and another one of a full run")
        if status == 4:
            return
        if digest("out") != digest("full"):
            self.fail("the tables are not those of a full run")
        self.check_changes()
        if self.left_over():
            self.fail(f"left over: {self.left_over()}")


def main():
    seed, steps = int(sys.argv[1]), int(sys.argv[2])
    history = History(seed)
    for _ in range(steps):
        history.step()


main()
