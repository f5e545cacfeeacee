"""The reports of tests/command/summaries.sh, and what benchmark and trend have to say of them.

make FOLDER        writes the reports, and their register to standard output
CHECK FOLDER       compares tables of an output folder: prints what differs
"""
import csv
import math
import os
import re
import statistics
import sys
from collections import defaultdict

TABLES = {
    "ilacs-2018": ["children in care and care leavers"],
    "ilacs-2023": ["children in care", "care leavers"],
    "ilacs-2026": ["children in care", "care leavers"],
}
IDS = {"children in care and care leavers": "in_care_and_care_leavers", "children in care": "in_care",
       "care leavers": "care_leavers", "leaders": "leaders", "help": "help_protection"}
# One sentence each; an area is a word of these letters.
SAYS = {"s": "Supervision takes place in every team.", "v": "Posts are vacant in two teams.",
        "g": "Children are very well supported.", "b": "Practice is poor.", "h": "The council has a list of homes."}


def reports():
    """(file, name, version, last day, {area: letters of SAYS})"""
    for i in range(24):
        # ties in supervision, an outlier, areas of different length; housing is never spoken of
        help_ = "s" * (i % 7) + "v" * (i // 8) + "g" * (3 + i % 3) + "b" * (i % 4) + "h" * (4 + i % 5)
        if i == 23:
            help_ = "s" * 30 + "hh"
        care = "gh" if i == 5 else "s" * (i % 2) + "ggb" + "h" * (2 + i % 6)
        yield (f"p{i:02}-2024", f"Place{chr(97 + i)}ton", "ilacs-2023", f"{11 + i % 3} March 2024",
               {"leaders": "vg" * (1 + i % 3) + "hhh", "help": help_, "children in care": care,
                "care leavers": "hhhhhh" if i != 7 else "g"})
    # seconds and thirds, of the same kind and of others
    yield ("p00-2025", "Placeaton", "ilacs-2023", "14 March 2025",
           {"leaders": "vvvghhh", "help": "ssssggghhh", "children in care": "ggghhh", "care leavers": "hhhhhh"})
    yield ("p01-2026", "Placebton", "ilacs-2026", "8 May 2026",
           {"leaders": "hhhhh", "help": "bbbbhh", "children in care": "sssss", "care leavers": "gggggg"})
    yield ("p02-2019", "Placecton", "ilacs-2018", "15 March 2019",
           {"leaders": "vvvvv", "help": "sssssgg", "children in care and care leavers": "bbbbbhh"})
    yield ("p02-2021", "Placecton", "ilacs-2018", "19 March 2021",
           {"leaders": "ggggghv", "help": "hhhhhgg", "children in care and care leavers": "gg"})
    yield ("p02-2022", "Placecton", "ilacs-2018", "18 March 2022",
           {"leaders": "ggggghh", "help": "hhhhhggs", "children in care and care leavers": "ggggghhhh"})
    yield ("p03-2019", "Placedton", "ilacs-2018", "22 March 2019",
           {"leaders": "vvvvv", "help": "sssssgg", "children in care and care leavers": "bbbbbhh"})
    # one inspection, told by two files
    yield ("p04-2019", "Placeeton", "ilacs-2018", "29 March 2019",
           {"leaders": "vvvvvhh", "help": "sssssgg", "children in care and care leavers": "bbbbbhh"})
    yield ("p04-2019-again", "Placeeton", "ilacs-2018", "29 March 2019",
           {"leaders": "vvvvvhhg", "help": "sssssgg", "children in care and care leavers": "bbbbbhh"})
    # no register has it
    yield ("q-2024", "Nowhereham", "ilacs-2023", "15 March 2024",
           {"leaders": "hhhhh", "help": "bbbbhh", "children in care": "sssss", "care leavers": "gggggg"})


def text(name, version, day, areas):
    table = ["The impact of leaders on social work practice with children and families",
             "The experiences and progress of children who need help and protection"]
    table += [f"The experiences and progress of {a}" for a in TABLES[version]]
    table += [] if version == "ilacs-2026" else ["Overall effectiveness"]
    lines = [f"Inspection of {name} local authority children's services", "", f"Inspection dates: {day}", "",
             "Lead inspector: Ann Other, His Majesty's Inspector", "", "Judgement\tGrade"]
    lines += [f"{t}\tGood" for t in table] + ["", f"{name} is a place that does not exist.", ""]
    titles = {"leaders": table[0], "help": table[1]}
    number = 0
    for area, letters in areas.items():
        lines += [f"{titles.get(area, 'The experiences and progress of ' + area)}: good", ""]
        for k in range(0, len(letters), 4):
            number += 1
            lines.append(f"{number}. " + " ".join(SAYS[c] for c in letters[k:k + 4]))
        lines.append("")
    return "\n".join(lines)


def make(folder):
    os.mkdir(folder)
    names = {}
    for file, name, version, day, areas in reports():
        with open(os.path.join(folder, file + ".txt"), "w", encoding="utf-8") as f:
            f.write(text(name, version, day, areas) + "\n")
        if name != "Nowhereham":
            names[name] = 70000 + ord(name[5]) - ord("a")
    print("id,name")
    for name, number in names.items():
        print(f"{number},{name}")


# ---- a second way of computing -------------------------------------------------------------------------------------

def rows(folder, table):
    with open(os.path.join(folder, table + ".csv"), newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


Z = statistics.NormalDist().inv_cdf(0.975)


def wilson(hits, n):
    """The roots of the quadratic equation (hits/n - p)^2 = z^2 p (1 - p) / n."""
    p = hits / n
    a, b, c = 1 + Z * Z / n, -2 * p - Z * Z / n, p * p
    root = math.sqrt(max(b * b - 4 * a * c, 0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def poisson_limit(count, lower):
    """The mean at which 2.5 % are left beyond the count, by bisection."""
    low, high = 0.0, 10.0 * count + 20
    for _ in range(200):
        mean = (low + high) / 2
        below = sum(math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) for k in range(count + (not lower)))
        too_low = 1 - below < 0.025 if lower else below > 0.025
        low, high = (mean, high) if too_low else (low, mean)
    return low


def garwood(count):
    return (poisson_limit(count, True) if count else 0.0), poisson_limit(count, False)


def values(letters):
    """measure: (value, low, high), but for sentiment, which the lexicon decides"""
    n, words = len(letters), sum(len(re.findall(r"\w+", SAYS[c])) for c in letters)
    supervision, vacant = letters.count("s"), letters.count("v")
    return {"theme_supervision": tuple(1000 * x / words for x in (supervision, *garwood(supervision))),
            "theme_housing": tuple(1000 * x / words for x in (0, *garwood(0))),
            "risk_staffing": tuple(100 * x for x in (vacant / n, *wilson(vacant, n)))}


def expected(folder):
    """(report_id, area, measure): (value, low, high), None where the area is too short; reports by id"""
    made = {file + ".txt": areas for file, _, _, _, areas in reports()}
    read = {r["report_id"]: r for r in rows(folder, "reports")}
    known = {}
    for report_id, r in read.items():
        for area, letters in made[r["source"]].items():
            for measure, v in values(letters).items():
                known[report_id, IDS[area], measure] = v if len(letters) >= 5 else None
    scores = defaultdict(list)
    for s in rows(folder, "sentences"):
        scores[s["report_id"], s["area"]].append(float(s["score"]))
    for s in rows(folder, "sentiment"):
        of = scores[s["report_id"], s["area"]]
        if s["area"] != "summary":
            known[s["report_id"], s["area"], "sentiment"] = (
                (sum(of) / len(of), float(s["score_low"]), float(s["score_high"])) if len(of) >= 5 else None)
    return known, read


def check_reports(folder):
    read = {r["source"]: r for r in rows(folder, "reports")}
    for file, name, version, day, areas in reports():
        r = read[file + ".txt"]
        want = (version, str(sum(map(len, areas.values()))), day.split()[0].zfill(2), day.split()[2])
        got = (r["framework_version"], r["sentences"], r["inspection_end"][8:], r["inspection_end"][:4])
        if want != got or bool(r["provider_id"]) != (name != "Nowhereham"):
            print(file, "want", want, "got", got, r["provider_id"])


def differs(cell, want, by):
    return cell != "" if want is None else cell == "" or abs(float(cell) - want) > by + 1e-9


def check_benchmark(folder):
    known, read = expected(folder)
    group = defaultdict(list)
    for (report_id, area, measure), v in known.items():
        if v is not None:
            group[read[report_id]["framework_version"], area, measure].append(v[0])
    seen, with_z, without_z = set(), 0, 0
    for b in rows(folder, "benchmark"):
        key = b["report_id"], b["area"], b["measure"]
        if b["area"] == "summary":  # of one sentence: too short
            if b["value"] or b["percentile"] or b["z"] or b["n"] != "0":
                print("a value of a summary of one sentence", b)
            continue
        seen.add(key)
        v, others = known[key], group[read[b["report_id"]]["framework_version"], b["area"], b["measure"]]
        percentile = z = None
        if v is not None and len(others) >= 20:
            equal = sum(abs(x - v[0]) < 1e-9 for x in others)
            below = sum(x < v[0] - 1e-9 for x in others)
            percentile = 100 * (below + equal / 2) / len(others)
            middle = statistics.median(others)
            mad = statistics.median(abs(x - middle) for x in others)
            z = (v[0] - middle) / (1.4826 * mad) if mad > 1e-9 else None
            with_z, without_z = with_z + (z is not None), without_z + (z is None)
        # scores of sentences are known to three decimals here
        by_z = 0.005 + (0.01 * abs(z) if z and b["measure"] == "sentiment" else 0)
        if (b["n"] != str(len(others)) or differs(b["value"], v and v[0], 0.0005) or
                differs(b["percentile"], percentile, 0.05) or differs(b["z"], z, by_z)):
            print("want", v and v[0], len(others), percentile, z, "got", b)
        if any(b[k] != read[b["report_id"]][k] for k in ("provider_id", "provider", "inspection_end")):
            print("another key", b)
    if seen != set(known):
        print("missing or too many:", sorted(seen ^ set(known))[:5])
    if not with_z > 100 or not without_z > 20:
        print("the reports don't try out z:", with_z, without_z)


FAMILY = {"ilacs-2018": "joint", "ilacs-2023": "apart", "ilacs-2026": "apart"}


def check_trend(folder, family=None):
    known, read = expected(folder)
    series = defaultdict(dict)  # by provider and family: day: report_id, of one day the lowest
    for report_id, r in read.items():
        if r["provider_id"]:
            days = series[r["provider_id"], (family or FAMILY)[r["framework_version"]]]
            days[r["inspection_end"]] = min(days.get(r["inspection_end"], "z"), report_id)
    want = {}
    for (provider, _), days in series.items():
        ids = [days[day] for day in sorted(days)]
        version = read[ids[-1]]["framework_version"]
        for area, measure in {k[1:] for k in known if k[0] in ids}:
            have = [i for i in ids if known.get((i, area, measure)) is not None]
            want[provider, version, area, measure] = [(read[i]["inspection_end"], known[i, area, measure]) for i in have]
    seen, changes = set(), 0
    for t in rows(folder, "trend"):
        if t["area"] == "summary":
            if t["inspections"] != "0" or t["first_end"] or t["first"] or t["change"]:
                print("a value of a summary of one sentence", t)
            continue
        key = t["provider_id"], t["framework_version"], t["area"], t["measure"]
        seen.add(key)
        have = want.get(key)
        if have is None:
            print("too many:", key)
            continue
        first, last = (have[0], have[-1]) if have else (("", None), ("", None))
        change = low = high = None
        if len(have) > 1:
            (a, a_low, a_high), (b, b_low, b_high) = first[1], last[1]
            change = b - a
            low = change - math.sqrt((b - b_low) ** 2 + (a_high - a) ** 2)
            high = change + math.sqrt((b_high - b) ** 2 + (a - a_low) ** 2)
            changes += 1
        by = 0.0005 if t["measure"] != "sentiment" else 0.003
        if (t["inspections"] != str(len(have)) or t["first_end"] != first[0] or t["last_end"] != last[0] or
                differs(t["first"], first[1] and first[1][0], 0.0005) or
                differs(t["last"], last[1] and last[1][0], 0.0005) or differs(t["change"], change, by) or
                differs(t["change_low"], low, by) or differs(t["change_high"], high, by)):
            print("want", len(have), first, last, change, low, high, "got", t)
    if seen != set(want):
        print("missing:", sorted(set(want) - seen)[:5])
    if changes < 20:
        print("the reports don't try out changes:", changes)


if __name__ == "__main__":
    {"make": make, "reports": check_reports, "benchmark": check_benchmark, "trend": check_trend,
     "apart": lambda folder: check_trend(folder, {v: v for v in FAMILY})}[sys.argv[1]](*sys.argv[2:])
