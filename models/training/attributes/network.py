"""The attribute network: one trunk over all patches, a small head for each group of regions.

The trunk is that of the landmark network (`Landmarks.body`), at 96 px: pointwise and depthwise
convolutions, and a scale that it knows from its first training. A head keeps where a feature was
seen, as the landmark network's does; but what a garment is woven of is the same wherever it shows
and fine, so the body's head also hears the mean and the most of two earlier stages of the trunk.
"""

import math

import torch
from torch import nn

from patches import GROUPS, SIZE
from labels import ASKED
from landmarks.model import Landmarks, conv

GRID = SIZE // 32
WIDTH = 48
STAGES = {9: 64, 14: 112}  # parts of the trunk after which cloth is looked at, and their channels: 12 x 12 and 6 x 6 cells
CLOTH = 32
KINDS = [0, 0, 1, 2, 3, 4, 5, 6, 6]  # of each patch: those of a pair share a kind


class Attributes(nn.Module):
    def __init__(self, dropout=0.3):
        super().__init__()
        self.body = Landmarks().body
        self.views = nn.ModuleList(nn.Sequential(conv(176, WIDTH), nn.Flatten()) for _ in range(max(KINDS) + 1))
        size = WIDTH * GRID * GRID
        self.drop = nn.Dropout(dropout)
        self.ear = nn.Linear(2 * size, 3)  # touched, hidden, earring, from an ear and the other one
        self.face = nn.Linear(2 * size, len(ASKED["face"]))
        self.mouth = nn.Linear(size, 1)
        self.torso = nn.Linear(3 * size, len(ASKED["body"]))  # neck, torso, the more of both sides of the garment
        self.cloth = nn.ModuleList(conv(c, CLOTH) for c in STAGES.values())
        self.weave = nn.Linear(3 * len(STAGES) * 2 * CLOTH, len(ASKED["body"]))
        nn.init.zeros_(self.weave.weight)
        nn.init.zeros_(self.weave.bias)

    def start_from(self, landmarks):
        """`landmarks`: the averaged weights of a checkpoint of landmarks/train.py."""
        self.body.load_state_dict({n.split("body.", 1)[1]: w for n, w in landmarks.items() if n.startswith("module.body.")})

    def go_on_from(self, saved):
        """`saved`: averaged weights of this network, or of one without the garment's patches."""
        saved = {n.removeprefix("module."): w for n, w in saved.items() if n.startswith("module.")}
        if "views.6.0.0.weight" not in saved:  # they begin as the torso's do, unheard
            saved |= {n.replace("views.5", "views.6"): w for n, w in saved.items() if n.startswith("views.5")}
            new = torch.zeros_like(self.torso.weight)
            new[:, : saved["torso.weight"].shape[1]] = saved["torso.weight"]
            saved["torso.weight"] = new
        self.load_state_dict(self.state_dict() | saved)  # the weave's begin unheard

    def trunk(self, x):
        """Features (n, 176, GRID, GRID), and of the stages that cloth is looked at (n, STAGES * 2 * CLOTH)."""
        woven, at = [], 0
        for stage, look in zip(STAGES, self.cloth):
            x, at = self.body[at:stage](x), stage
            seen = look(x)
            woven += [seen.mean((2, 3)), seen.amax((2, 3))]
        return self.body[at:](x), torch.cat(woven, 1)

    def heard(self, patches, group):
        """What the head of a group hears, one row a picture; `patches` (n, k, 3, SIZE, SIZE), 0..1."""
        kinds = KINDS[GROUPS[group]]
        x = ((patches.reshape(-1, 3, SIZE, SIZE) - 0.5) * 4).contiguous(memory_format=torch.channels_last)
        x, woven = self.trunk(x)
        x, woven = x.reshape(-1, len(kinds), *x.shape[1:]), woven.reshape(-1, len(kinds), woven.shape[1])
        seen = [self.views[k](x[:, i]) for i, k in enumerate(kinds)]
        if group != "body":
            return torch.cat(seen, 1)
        return torch.cat([*both_sides(seen), *both_sides(woven.unbind(1))], 1)

    def answer(self, heard, group):
        """Logits (n, questions) from what `heard` gives."""
        heard = self.drop(heard)
        if group == "ears":
            first, other = heard.chunk(2, 1)
            left, right = self.ear(heard), self.ear(torch.cat([other, first], 1))
            return torch.cat([left[:, :2], right[:, :2], either(left[:, 2:], right[:, 2:])], 1)
        if group == "body":
            at = self.torso.in_features
            return self.torso(heard[:, :at]) + self.weave(heard[:, at:])
        return {"face": self.face, "mouth": self.mouth}[group](heard)

    def forward(self, batches):
        """`batches`: {group: (n, patches, 3, SIZE, SIZE), 0..1} -> {group: logits}."""
        return {g: self.answer(self.heard(b, g), g) for g, b in batches.items()}


def both_sides(seen):
    """Of neck, torso and two sides of the garment: the more of both sides."""
    neck, torso, right, left = seen
    return neck, torso, torch.maximum(right, left)


def either(a, b):
    """The logit of 'at least one of two', from their logits, taken as independent."""
    p = 1 - torch.sigmoid(-a) * torch.sigmoid(-b)
    p = p.clamp(1e-6, 1 - 1e-6)
    return torch.log(p) - torch.log1p(-p)


def log_likelihood(logits, targets, wrong=0.02):
    """Of each answer, where one in fifty is wrong by accident; 0 where there is none."""
    known = torch.isfinite(targets)
    share = torch.where(known, targets, torch.zeros(()))
    yes, no = (torch.log(wrong + (1 - 2 * wrong) * torch.sigmoid(s * logits)) for s in (1, -1))
    return (share * yes + (1 - share) * no) * known


def loss_of(logits, targets, weight_of_yes, weight, swapped=0.0):
    """Mean loss over the answered questions; `weight_of_yes` and `weight` per question.

    `swapped`: the share of pictures whose first and second pair of answers (the two ears) changed
    places, because an annotator took the subject's left for the picture's.
    """
    w = torch.where(targets > 0.5, weight_of_yes, torch.ones(())) * weight
    each = log_likelihood(logits, targets) * w
    if not swapped:
        return -each.sum() / len(targets)
    order = [2, 3, 0, 1]
    other = log_likelihood(logits[:, :4], targets[:, order]) * w[:, order]
    ears = torch.logaddexp(each[:, :4].sum(1) + math.log(1 - swapped), other.sum(1) + math.log(swapped))
    return -(ears.sum() + each[:, 4:].sum()) / len(targets)
