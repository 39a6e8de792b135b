"""Geometry of the 478-point mesh: the mean face, pose by rigid alignment, mirror order.

Frame of every mesh: x right, y down, both in pixels; z in the same scale, smaller is nearer.
"""

import numpy as np
from scipy.optimize import linear_sum_assignment

# Points that hardly move with expression (brow bridge, nose, temples, cheek bones, forehead, upper
# jaw by the ears): pose is fitted on these, so that an open mouth or a smile does not pitch the head.
RIGID = np.array(
    [1, 2, 4, 5, 6, 8, 9, 10, 19, 33, 94, 98, 103, 109, 127, 133, 151, 162, 168, 195, 197, 234, 251]
    + [263, 327, 332, 338, 356, 362, 389, 454, 21, 54, 67, 284, 297, 93, 323, 48, 278, 45, 275]
)


def fit_rotation(source, target):
    """Rotation, scale and translation that best carry `source` (n, 3) onto `target` (n, 3).

    Least squares over similarities: Umeyama 1991, "Least-squares estimation of transformation
    parameters between two point patterns".
    """
    mu_s, mu_t = source.mean(0), target.mean(0)
    s, t = source - mu_s, target - mu_t
    u, d, vt = np.linalg.svd(t.T @ s / len(s))
    sign = np.array([1, 1, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    rotation = u @ np.diag(sign) @ vt
    scale = (d * sign).sum() / (s**2).sum() * len(s)
    return rotation, scale, mu_t - scale * rotation @ mu_s


def mean_face(meshes, mirror, rounds=5):
    """Mean shape of many meshes: centred, symmetric, upright, pupil distance 1."""
    mean = meshes[0].astype(np.float64)
    for _ in range(rounds):
        aligned = []
        for m in meshes:
            rotation, scale, shift = fit_rotation(m[RIGID].astype(np.float64), mean[RIGID])
            aligned.append(scale * m @ rotation.T + shift)
        mean = np.mean(aligned, 0)
        flipped = mean[mirror] * [-1, 1, 1]
        mean = (mean - mean.mean(0) + flipped - flipped.mean(0)) / 2
        # Facing the camera: the subject's own pitch is the mean pitch of the portraits, which are
        # frontal; yaw and roll are zero by symmetry.
        mean /= np.linalg.norm(mean[473, :2] - mean[468, :2])
    return mean.astype(np.float32)


def euler(rotation):
    """(yaw, pitch, roll) in degrees: + to the subject's left, + up, + to the subject's left shoulder.

    R = Ry(yaw) Rx(pitch) Rz(roll) in the frame x right, y down, z away from the camera, signs turned
    to the subject's point of view: the head tilts, then nods, then turns.
    """
    yaw = np.degrees(np.arctan2(-rotation[0, 2], rotation[2, 2]))
    pitch = np.degrees(np.arcsin(np.clip(rotation[1, 2], -1, 1)))
    roll = np.degrees(np.arctan2(rotation[1, 0], rotation[1, 1]))
    return yaw, pitch, roll


def mirror_order(meshes):
    """Index of each point's mirror twin: the best one-to-one match of the mean with its reflection."""
    m = np.mean([(x - x.mean(0)) / np.ptp(x[:468, 0]) for x in meshes], 0)
    axis = m[[10, 152, 1, 6, 168, 4], 0].mean()
    flipped = m * [-1, 1, 1] + [2 * axis, 0, 0]
    order = np.arange(478)
    order[:468] = linear_sum_assignment(((m[:468, None] - flipped[None, :468]) ** 2).sum(2))[1]
    for a, b in ((468, 473), (469, 476), (471, 474), (470, 475), (472, 477)):
        order[a], order[b] = b, a
    assert (order[order] == np.arange(478)).all(), "the mirror order is not an involution"
    return order
