"""The labels of attributes.csv as answers to yes-or-no questions, and the way back.

Every question has one logit; a question that a picture does not pose (is the lens tinted, where
there are no glasses) or that nobody answered has the target NaN.
"""

import csv
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
CORRECTIONS, READINGS = HERE / "corrections.csv", HERE / "readings.csv"
# question: (column, values that say yes, values that say no)
QUESTIONS = {
    "ear_l_touched": ("ear_l", "ph", "v"),
    "ear_l_hidden": ("ear_l", "h", "vp"),
    "ear_r_touched": ("ear_r", "ph", "v"),
    "ear_r_hidden": ("ear_r", "h", "vp"),
    "earring": ("earring", "y", "n"),
    "forehead_touched": ("forehead", "ph", "c"),
    "forehead_covered": ("forehead", "h", "cp"),
    "brows": ("brows", "o", "c"),
    "glasses": ("glasses", "grt", "n"),
    "tinted": ("glasses", "t", "gr"),
    "reflecting": ("glasses", "r", "g"),
    "eyes": ("eyes", "c", "o"),
    "headwear": ("headwear", "bhs", "n"),
    "scarf": ("headwear", "s", "bh"),
    "band": ("headwear", "b", "h"),
    "mouth": ("mouth", "t", "c"),
    "necklace": ("necklace", "y", "n"),
    "no_neckline": ("neckline", "x", "crl"),
    "collar": ("neckline", "c", "rl"),
    "low": ("neckline", "l", "r"),
    "no_garment": ("pattern", "x", "pkd"),
    "pattern": ("pattern", "k", "p"),
}
# A faint weave or pinstripe that one reading took for plain: `d` in corrections.csv, this much of a pattern.
DOUBTFUL = 0.25
NAMES = list(QUESTIONS)
# Which questions each group of patches answers; the numbers are columns of `targets`.
ASKED = {
    "ears": [NAMES.index(n) for n in NAMES[:5]],
    "face": [NAMES.index(n) for n in NAMES[5:15]],
    "mouth": [NAMES.index("mouth")],
    "body": [NAMES.index(n) for n in NAMES[16:]],
}


def targets(row):
    """One value a question: 1, 0, NaN or, where readings differ, between. A column may be missing from `row`."""
    out = np.full(len(NAMES), np.nan, np.float32)
    for i, (column, yes, no) in enumerate(QUESTIONS.values()):
        value = row.get(column) or "?"
        out[i] = 1 if value in yes else 0 if value in no else DOUBTFUL if value == "d" else np.nan
    return out


def given(data):
    """{id: row} of attributes.csv."""
    with open(Path(data) / "portraits" / "attributes.csv", newline="") as f:
        return {r["id"]: r for r in csv.DictReader(f)}


def corrections():
    """[{id, field, given, read}]: training labels that were read otherwise (audit.py)."""
    with open(CORRECTIONS, newline="") as f:
        return list(csv.DictReader(f))


def readings():
    """{id: row} of the validation portraits as they were read a second time, blind (audit.py)."""
    with open(READINGS, newline="") as f:
        return {r["id"]: r for r in csv.DictReader(f)}


def agreed(row, read):
    """The answers that are the same in both; the others stay empty."""
    return {k: v for k, v in read.items() if row.get(k) == v}


def load(data):
    """{id: row} of attributes.csv, with the corrections; they touch training portraits alone."""
    rows = given(data)
    for c in corrections():
        rows[c["id"]][c["field"]] = c["read"]
    return rows


def render_row(truth):
    """The row of a render, from its JSON; what is not sure stays empty."""
    if not truth.get("ears") or truth["spec"].get("nobody"):
        return {}
    spec, said = truth["spec"], truth["labels"]
    row = {"earring": "y" if said["earrings"] else "n", "necklace": "y" if said["necklace"] else "n"}
    for side, name in (("right", "ear_l"), ("left", "ear_r")):  # the subject's right is the picture's left
        ear = truth["ears"][side]
        seen = ear.get("visible_fraction") if ear.get("full_pixels") else 0
        seen = 0 if seen is None else seen
        row[name] = "v" if seen > 0.85 else "h" if seen < 0.22 else "p"
    row["glasses"] = {None: "n", "clear": "g", "glare": "r", "tinted": "t"}[said["glasses"]]
    row["headwear"] = {None: "n", "headband": "b", "beanie": "h", "fedora": "h"}[said["headwear"]]
    free = truth.get("forehead_visible_fraction")
    if free is not None:
        row["forehead"] = "c" if free > 0.88 else "h" if free < 0.3 else "p" if free < 0.8 else ""
    row["brows"] = "" if said["headwear"] or said["hair"] == "fringe" else "c"
    expr = spec["expr"]
    closed = [expr.get(f"eyeBlink_{s}", 0) for s in "LR"]
    row["eyes"] = "c" if max(closed) >= 1 else "o" if max(closed) < 0.2 else ""
    teeth = expr.get("jawOpen", 0) + 0.5 * expr.get("mouthUpperUp_L", 0)
    row["mouth"] = "t" if teeth > 0.14 else "c" if teeth == 0 else ""
    row["neckline"] = {"shirt": "c", "suit": "c", "blazer": "c", "vneck": "r", "tshirt": "r", "tank": "l"}[said["clothes"]]
    row["pattern"] = "p" if said["cloth_pattern"] == "plain" else "k"
    return row
