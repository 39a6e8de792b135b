"""Which cells answer for which face, and what they are told.

A simple form of SimOTA: the cells near a face's centre, on the one or two levels fit for its size,
compete; the few that already predict it best are taught it. The score is taught the overlap that the
cell reaches, so that the best-placed cell also scores highest and survives the suppression outside.
"""

import torch
from torch.nn import functional as F

from model import decode

# Face size (root of the box area, in pixels of the 320 square) that each stride may answer for.
SIZES = {8: (0, 64), 16: (40, 144), 32: (96, 1e9)}
RADIUS = 1.5  # strides between a cell's centre and the face's, on each axis
MOST = 6  # cells per face


def overlap(a, b):
    """IoU and the DIoU penalty of boxes [..., 4] that broadcast."""
    lo, hi = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    inter = (hi - lo).clamp(min=0).prod(-1)
    area = lambda t: (t[..., 2:] - t[..., :2]).clamp(min=0).prod(-1)  # noqa: E731
    iou = inter / (area(a) + area(b) - inter + 1e-6)
    span = torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])
    apart = (a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) / 2
    return iou, apart.square().sum(-1) / (span.square().sum(-1) + 1e-6)


@torch.no_grad()
def assign(score, box, cells, faces, keep):
    """[B, N] index of the face each cell answers for, or -1. faces [B, M, 4], keep [B, M]."""
    middle = (faces[..., :2] + faces[..., 2:]) / 2
    size = (faces[..., 2:] - faces[..., :2]).clamp(min=1e-3).prod(-1).sqrt()
    stride = cells[:, 2]
    lo = torch.tensor([SIZES[int(s)][0] for s in stride.tolist()])
    hi = torch.tensor([SIZES[int(s)][1] for s in stride.tolist()])
    near = ((cells[None, None, :, :2] - middle[:, :, None]).abs() <= RADIUS * stride[:, None]).all(-1)
    fit = (size[..., None] >= lo) & (size[..., None] < hi)
    may = near & fit & (keep[..., None] > 0)  # [B, M, N]
    iou, _ = overlap(box[:, None], faces[:, :, None])
    iou = torch.where(may, iou, 0.0)
    cost = -3 * iou.clamp(min=1e-6).log() - F.logsigmoid(score)[:, None]
    cost = torch.where(may, cost, 1e9)
    count = iou.topk(10, dim=-1).values.sum(-1).int().clamp(1, MOST)
    cheapest, index = cost.topk(MOST, dim=-1, largest=False)
    taken = (torch.arange(MOST) < count[..., None]) & (cheapest < 1e8)
    mine = torch.zeros_like(may).scatter_(2, index, taken)
    best, owner = torch.where(mine, cost, 1e9).min(1)
    return torch.where(best < 1e8, owner, -1)


def loss(raw, cells, faces, points, keep):
    """Scalar loss and its parts; padded faces have keep < 0, ignored ones 0."""
    score = raw[..., 0]
    box, five = decode(raw, cells)
    owner = assign(score.detach(), box.detach(), cells, faces, keep)
    b, n = (owner >= 0).nonzero(as_tuple=True)
    m = owner[b, n]
    target = torch.zeros_like(score)
    inside = ((cells[None, None, :, :2] > faces[:, :, None, :2]) & (cells[None, None, :, :2] < faces[:, :, None, 2:])).all(-1)
    weight = 1.0 - (inside & (keep == 0)[..., None]).any(1).float()
    if len(b):
        truth = faces[b, m]
        iou, far = overlap(box[b, n], truth)
        target[b, n] = iou.detach().clamp(min=0.25).sqrt()
        weight[b, n] = 1.0
        extent = (truth[:, 2:] - truth[:, :2]).prod(-1, keepdim=True).sqrt()
        wrong = F.smooth_l1_loss(five[b, n] / extent, points[b, m] / extent, beta=0.05, reduction="none").mean(-1)
        box_loss, point_loss = (1 - iou + far).mean(), wrong.mean()
    else:
        box_loss = point_loss = raw.sum() * 0
    bce = F.binary_cross_entropy_with_logits(score, target, reduction="none")
    focus = (target - score.detach().sigmoid()).square()
    score_loss = (bce * focus * weight).sum() / max(len(b), 1)
    return score_loss * 2 + box_loss * 2 + point_loss * 8, (score_loss.item(), box_loss.item(), point_loss.item())
