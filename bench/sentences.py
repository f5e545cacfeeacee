"""Sentences of reports, as assay's tables have them, and what readers say of them: tests/coded.csv.

A row of it is a report. `polarity` has a letter for each sentence of its table `sentences`; `themes` and `risks` a word for
each, of a letter for each code, "-" for none; "?" stands for what nobody has coded. `checks` has four digits of each
sentence's SHA-256: one that is cut otherwise since has no code.
"""
import collections, csv, hashlib, os, string

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CORPUS = os.environ.get("ASSAY_CORPUS", os.path.join(HERE, "../shared/corpus"))
POLARITIES = {"P": "positive", "N": "negative", "M": "mixed", "U": "neutral"}
THEMES = dict(zip(string.ascii_letters, (
    "supervision management_oversight workforce_stability caseloads workforce_development leadership_governance quality_assurance front_door "
    "early_help assessment planning child_protection pre_proceedings visits_direct_work domestic_abuse_neglect exploitation_missing "
    "disabled_children private_fostering homelessness allegations education health placements permanence_adoption independent_review "
    "participation_advocacy care_leavers corporate_parenting asylum_seeking partnership timeliness identity_diversity recording").split()))
RISKS = dict(zip(string.ascii_letters, (
    "staffing workload supervision oversight leadership delay unassessed_risk visiting assessment_quality planning_quality "
    "information_sharing placement_sufficiency quality_assurance recording voice missing_exploited slow_progress").split()))


def read(path):
    csv.field_size_limit(1 << 30)
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def plain(text):
    """Without the apostrophe that guards a cell against spreadsheets."""
    return text[1:] if text[:1] == "'" and text[1:].lstrip(" ")[:1] in tuple("=+-@") else text


def digest(text, digits):
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def names(letters, of):
    return None if letters == "?" else [of[letter] for letter in letters if letter != "-"]


def codes(rows):
    """Of each row of a table `sentences`: polarity, themes and risks, None where it isn't coded."""
    reports, found = collections.defaultdict(list), [{"polarity": None, "themes": None, "risks": None} for _ in rows]
    for i, row in enumerate(rows):
        reports[row["report_id"]].append(i)
    for of in read(os.path.join(HERE, "tests/coded.csv")):
        there = zip(reports.get(of["report_id"], []), of["polarity"], of["themes"].split(), of["risks"].split())
        for k, (i, polarity, themes, risks) in enumerate(there):
            if digest(plain(rows[i]["text"]), 4) == of["checks"][4 * k:4 * k + 4]:
                found[i] = {"polarity": POLARITIES.get(polarity), "themes": names(themes, THEMES), "risks": names(risks, RISKS)}
    return found
