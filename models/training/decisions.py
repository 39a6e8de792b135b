"""The labels of the portraits as decisions for `photogate eval`.

    python decisions.py --data DATA [--split val] > decisions.csv
    ... | photogate eval DATA/portraits/images --decisions decisions.csv

Labels by eye (DATA/portraits/README.md). An ear or neckline out of sight decides nothing; a picture decides a
check only where its label answers the check's question.
"""

import argparse
import csv
import sys
from pathlib import Path

# check: column, letters that pass, letters that fail
RULES = {
    "right_ear": ("ear_l", "v", "ph"),  # the subject's right is the picture's left
    "left_ear": ("ear_r", "v", "ph"),
    "forehead": ("forehead", "c", "ph"),
    "brows": ("brows", "c", "o"),
    "glasses": ("glasses", "n", "grt"),
    "lens_reflection": ("glasses", "ngt", "r"),
    "tinted_lenses": ("glasses", "ngr", "t"),
    "teeth": ("mouth", "c", "t"),
    "lips_closed": ("mouth", "c", "t"),
    "eyes_open": ("eyes", "o", "c"),
    "headwear": ("headwear", "n", "bhs"),
    "earring": ("earring", "n", "y"),
    "necklace": ("necklace", "n", "y"),
    "collar": ("neckline", "c", "rl"),
    "neckline": ("neckline", "cr", "l"),
    "pattern": ("pattern", "p", "k"),
}


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    args.add_argument("--split", default="val")
    args = args.parse_args()
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["file", "check", "decision"])
    for row in csv.DictReader((args.data / "portraits/attributes.csv").open()):
        if row["split"] != args.split:
            continue
        for check, (column, good, bad) in RULES.items():
            said = row[column]
            if said and said in good + bad:
                out.writerow([f"{row['id']}.jpg", check, "pass" if said in good else "fail"])


if __name__ == "__main__":
    main()
