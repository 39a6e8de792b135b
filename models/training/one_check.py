"""What one check of the program says of pictures whose truth is known, as lines of a table."""

import json
import subprocess
from pathlib import Path

import numpy as np

OUTCOMES = ("pass", "review", "fail", "not_assessed")
HEAD = "| | pictures | mean error | 95 % within | pass, % | to a person, % | fail, % | not measured, % |\n|---|---|---|---|---|---|---|---|"


def decided(args, paths, check):
    """{path: (reading, NaN where it could not be measured; outcome)} of `photogate check`."""
    command = [args.program, "check", "-", "--format", "ndjson"]
    command += ["--onnxruntime", args.onnxruntime] if args.onnxruntime else []
    said = subprocess.run(command, input="\n".join(str(p) for p in paths), text=True, capture_output=True).stdout
    found = {}
    for record in map(json.loads, said.splitlines()):
        for finding in record.get("findings", []):
            if finding["check"] == check:
                value = finding["value"]
                found[Path(record["path"])] = np.nan if value is None else value, finding["outcome"]
    return found


def line(name, truths, found, digits=1):
    """Of the pictures in `truths` {path: what the check should read}."""
    some = [(found[p], truth) for p, truth in truths.items() if p in found]
    if not some:
        return
    off = np.abs([value - truth for (value, _), truth in some])
    off = off[~np.isnan(off)]
    errors = f"{off.mean():.{digits}f} | {np.percentile(off, 95):.{digits}f}" if len(off) else " | "
    parts = [100 * np.mean([outcome == o for (_, outcome), _ in some]) for o in OUTCOMES]
    print(f"| {name} | {len(some)} | {errors} | " + " | ".join(f"{s:.1f}" for s in parts) + " |", flush=True)
