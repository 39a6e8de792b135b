"""Scores and errors: what evaluate.py prints and train.py follows."""

import numpy as np

from labels import NAMES


def probability(logits):
    return 1 / (1 + np.exp(-np.clip(logits, -40, 40)))


def column(logits, name):
    return logits[:, NAMES.index(name)]


def equal_error(score, want):
    """Equal error rate of a score against 1, 0 or NaN; NaN without both kinds."""
    known = np.isfinite(want) & np.isfinite(score)
    score, want = score[known], want[known]
    yes, no = np.sort(score[want == 1]), np.sort(score[want == 0])
    if not len(yes) or not len(no):
        return float("nan")
    limits = np.unique(score)
    miss = np.searchsorted(yes, limits, "left") / len(yes)
    false = 1 - np.searchsorted(no, limits, "left") / len(no)
    # The limits just above all scores complete the curve.
    miss, false = np.append(miss, 1.0), np.append(false, 0.0)
    k = int(np.argmax(miss >= false))
    if k == 0:
        return float((miss[0] + false[0]) / 2)
    # Where the two lines between neighbouring limits cross.
    a, b = false[k - 1] - miss[k - 1], miss[k] - false[k]
    t = a / (a + b) if a + b else 0.5
    return float(miss[k - 1] + t * (miss[k] - miss[k - 1]))


def said(column_name, yes, no):
    """rows -> 1 where the column has a value of `yes`, 0 of `no`, else NaN."""
    return lambda rows: np.array([1.0 if (v := r.get(column_name) or "?") in yes else 0.0 if v in no else np.nan for r in rows])


def both_ears(name, yes, no):
    def want(rows):
        return np.concatenate([said(f"ear_{s}", yes, no)(rows) for s in "lr"])

    def score(logits):
        return np.concatenate([column(logits, f"ear_{s}_{name}") for s in "lr"])

    return score, want


def plain(name):
    return lambda logits: column(logits, name)


def two_steps(first, second):
    """The chance of the second answer, which stands only where the first is yes."""
    return lambda logits: probability(column(logits, first)) * probability(column(logits, second))


# name, score of logits, wanted answer of rows
SCORES = [
    ("ear hidden : visible", *both_ears("hidden", "h", "v")),
    ("ear touched : visible", *both_ears("touched", "ph", "v")),
    ("glasses", plain("glasses"), said("glasses", "grt", "n")),
    ("tinted", two_steps("glasses", "tinted"), said("glasses", "t", "ngr")),
    ("reflecting", two_steps("glasses", "reflecting"), said("glasses", "r", "ngt")),
    ("headwear", plain("headwear"), said("headwear", "bhs", "n")),
    ("forehead touched", plain("forehead_touched"), said("forehead", "ph", "c")),
    ("forehead covered", plain("forehead_covered"), said("forehead", "h", "c")),
    ("brows", plain("brows"), said("brows", "o", "c")),
    ("eyes", plain("eyes"), said("eyes", "c", "o")),
    ("mouth", plain("mouth"), said("mouth", "t", "c")),
    ("collar", plain("collar"), said("neckline", "c", "rl")),
    ("low", lambda x: (1 - probability(column(x, "collar"))) * probability(column(x, "low")), said("neckline", "l", "cr")),
    ("no neckline", plain("no_neckline"), said("neckline", "x", "crl")),
    ("pattern", plain("pattern"), said("pattern", "k", "p")),
    ("earring", plain("earring"), said("earring", "y", "n")),
    ("necklace", plain("necklace"), said("necklace", "y", "n")),
]


def calibration_error(probabilities, want, bins=10):
    """Expected calibration error of the likeliest class: `probabilities` (n, classes), `want` (n,) indices."""
    sure, right = probabilities.max(1), probabilities.argmax(1) == want
    which = np.minimum((sure * bins).astype(int), bins - 1)
    return float(sum(abs(sure[which == b].sum() - right[which == b].sum()) for b in range(bins)) / len(want))


def refit(probabilities, want):
    """A scale and an offset per class for log probabilities: the calibration, fitted anew."""
    from scipy.optimize import minimize

    logs, n = np.log(np.clip(probabilities, 1e-5, 1)), np.arange(len(want))

    def cost(v):
        x = np.exp(v[0]) * logs + v[1:]
        x = x - x.max(1, keepdims=True)
        return -(x[n, want] - np.log(np.exp(x).sum(1))).sum() + (v[0] / 0.4) ** 2 / 2 + (v[1:] ** 2).sum() / 2

    v = minimize(cost, np.zeros(1 + probabilities.shape[1]), method="L-BFGS-B").x

    def apply(p):
        x = np.exp(np.exp(v[0]) * np.log(np.clip(p, 1e-5, 1)) + v[1:])
        return x / x.sum(1, keepdims=True)

    return apply


def crossed_error(probabilities, want, seed=0):
    """Calibration error where each half is calibrated on the other."""
    half = np.random.default_rng(seed).permutation(len(want)) % 2 == 0
    out = np.empty_like(probabilities)
    for h in (half, ~half):
        out[h] = refit(probabilities[~h], want[~h])(probabilities[h])
    return calibration_error(out, want)
