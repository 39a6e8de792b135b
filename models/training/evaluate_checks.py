"""How the checks of a profile come out on real portraits.

    python evaluate_checks.py --data DATA --program ../../target/release/photogate [--onnxruntime FILE]
                              [--profile chsi-degree] [--split val] [--reread attributes/reread.csv]

Prints two tables: for checks that the portraits have labels for, what the program says of pictures labelled fine
and at fault; for every check, how the portraits come out. Portraits are official ones under many rules, few of them
those of a degree photo: most smile, many show patterns, necklaces and backdrops that are not allowed here.
"""

import argparse
import csv
import json
import subprocess
from collections import Counter, defaultdict
from pathlib import Path

from decisions import RULES

OUTCOMES = ("pass", "review", "fail", "not_assessed")


def findings(args, ids):
    """{id: {check: outcome}} of the portraits in which one face was found."""
    paths = [str(args.data / "portraits/images" / f"{i}.jpg") for i in ids]
    command = [args.program, "check", "-", "--format", "ndjson", "--profile", args.profile]
    command += ["--onnxruntime", args.onnxruntime] if args.onnxruntime else []
    run = subprocess.run(command, input="\n".join(paths), text=True, capture_output=True)
    records = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(records) == len(ids), run.stderr[:2000]
    return {
        Path(r["path"]).stem: ({f["check"]: f["outcome"] for f in r["findings"]}, {f["check"]: f["required"] for f in r["findings"]})
        for r in records if "findings" in r
    }  # fmt: skip


def percent(part, whole):
    return f"{100 * part / whole:.1f}" if whole else ""


def labelled(found, rows, title):
    print(f"\n{title}\n")
    print("| check | fine | passed % | review % | **failed %** | at fault | **passed %** | review % | failed % |")
    print("|---|---|---|---|---|---|---|---|---|")
    for check, (column, good, bad) in RULES.items():
        sides = []
        for letters in (good, bad):
            said = [found[r["id"]][0].get(check) for r in rows if r["id"] in found and r.get(column) and r[column] in letters]
            count = Counter("review" if s == "not_assessed" else s for s in said if s)
            n = sum(count.values())
            sides.append((n, percent(count["pass"], n), percent(count["review"], n), percent(count["fail"], n)))
        if sides[0][0]:
            cells = [str(v) for side in sides for v in side]
            print(f"| `{check}` | {' | '.join(cells)} |")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    args.add_argument("--program", required=True)
    args.add_argument("--onnxruntime")
    args.add_argument("--profile", default="chsi-degree")
    args.add_argument("--split", default="val")
    args.add_argument("--reread", type=Path, help="a second reading of the labels: id, then columns as in attributes.csv")
    args = args.parse_args()
    index = [r for r in csv.DictReader((args.data / "portraits/index.csv").open()) if r["split"] == args.split]
    found = findings(args, [r["id"] for r in index])
    rows = list(csv.DictReader((args.data / "portraits/attributes.csv").open()))
    labelled(found, rows, "Labels as given")
    if args.reread:
        second = {r["id"]: r for r in csv.DictReader(args.reread.open())}
        both = []
        for row in rows:
            other = second.get(row["id"], {})
            both.append({k: v if k == "id" or k not in other or other[k] == v else "" for k, v in row.items()})
        labelled(found, both, "Where a second, blind reading of the label agrees (or there is none)")
    counts = defaultdict(Counter)
    required = {}
    for outcomes, needed in found.values():
        required |= needed
        for check, outcome in outcomes.items():
            counts[check][outcome] += 1
    print(f"\nAll {len(found)} portraits with one face; in brackets: reported, does not decide\n")
    print("| check | pass % | review % | fail % | not assessed % |\n|---|---|---|---|---|")
    for check, count in counts.items():
        name = f"`{check}`" if required[check] else f"(`{check}`)"
        cells = [percent(count[o], sum(count.values())) for o in OUTCOMES]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
