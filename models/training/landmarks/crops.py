"""Face crops, as the program makes them, and the pool of pictures that training draws from."""

import cv2
import numpy as np

import mesh as geometry
from warp import triangulation, turn

# Side of the crop in units of the face's scale (see `frame`); the mesh then fills about 3/4 of it.
SIDE = 3.4
POOL = 288  # side of a pooled picture, pixels
POOL_SIDE = 5.1  # its side in units of the face's scale

EYES = (  # upper lid, lower lid, crease above the upper lid; from one corner to the other
    ([246, 161, 160, 159, 158, 157, 173], [7, 163, 144, 145, 153, 154, 155], [247, 30, 29, 27, 28, 56, 190]),
    ([466, 388, 387, 386, 385, 384, 398], [249, 390, 373, 374, 380, 381, 382], [467, 260, 259, 257, 258, 286, 414]),
)
LIPS_INNER = ([191, 80, 81, 82, 13, 312, 311, 310, 415], [95, 88, 178, 87, 14, 317, 402, 318, 324])
CAVITY = [78, *LIPS_INNER[0], 308, *LIPS_INNER[1][::-1]]
LIPS_OUTER = ([185, 40, 39, 37, 0, 267, 269, 270, 409], [146, 91, 181, 84, 17, 314, 405, 321, 375])


def frame(five):
    """(centre, angle in radians, scale) of a face from its five points.

    The angle takes eye line and eyes-to-mouth line together, the scale the longer of the two, so
    that a head turned or nodding keeps its size in the crop.
    """
    eyes = five[1] - five[0]
    eye, mouth = five[:2].mean(0), five[3:5].mean(0)
    down = mouth - eye
    across = eyes + np.array([down[1], -down[0]])
    return (eye + mouth) / 2, np.arctan2(across[1], across[0]), max(np.hypot(*eyes), np.hypot(*down))


def affine(centre, angle, side, size):
    """2 x 3 matrix from picture to a crop of `size` pixels that spans `side` picture pixels."""
    k = size / side
    c, s = np.cos(angle) * k, np.sin(angle) * k
    linear = np.array([[c, s], [-s, c]])
    return np.column_stack([linear, size / 2 - linear @ centre])


def move(points, matrix):
    """Points (n, 3) through a 2 x 3 similarity; z takes its scale."""
    out = points.copy()
    out[:, :2] = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    out[:, 2] *= np.sqrt(abs(np.linalg.det(matrix[:, :2])))
    return out


def shrink_and_warp(image, matrix, size, border):
    """`warpAffine` that averages when it shrinks, as the program does."""
    k = np.sqrt(abs(np.linalg.det(matrix[:, :2])))
    if k < 0.5:
        by = int(1 / k)
        small = (round(image.shape[1] / by), round(image.shape[0] / by))
        factor = np.array(image.shape[1::-1]) / small
        image = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
        # Pixel j of the small picture is the mean of `factor` pixels, whose middle is not at j * factor.
        matrix = np.column_stack([matrix[:, :2] * factor, matrix[:, 2] + matrix[:, :2] @ ((factor - 1) / 2)])
    return cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=border, borderValue=(128,) * 3)


def open_jaw(mesh, amount):
    """A copy with the jaw dropped by `amount` mouth widths; the gap shows the stretched lip line.

    The lower lip and the chin go down with the jaw, the cheeks less the farther they are from it.
    """
    out = mesh.copy()
    upper, lower = mesh[LIPS_INNER[0]], mesh[LIPS_INNER[1]]
    corners = mesh[[61, 291]]
    width = np.linalg.norm(corners[1] - corners[0])
    down = mesh[152] - mesh[13]
    length = np.linalg.norm(down)
    down = down / length
    along = (mesh - (upper.mean(0) + lower.mean(0)) / 2) @ down
    off = np.linalg.norm(mesh - mesh[152] - np.outer(along - along[152], down), axis=1)
    share = np.clip(along / (0.25 * length), 0, 1) * np.clip(1.5 - off / width, 0, 1)
    share[LIPS_INNER[0] + LIPS_OUTER[0]] = 0
    for row in (LIPS_INNER[1], LIPS_OUTER[1]):
        bow = np.sin(np.linspace(0.35, np.pi - 0.35, len(row)))
        share[row] = bow
    share[[61, 291, 78, 308]] = 0.15
    out += np.outer(amount * width * share, down)
    return out


def express(mesh, rng):
    """A copy with another expression: portraits with closed eyes or an open mouth are rare."""
    if rng.random() < 0.25:
        return open_jaw(mesh, rng.uniform(0.08, 0.5))
    out = mesh.copy()
    if rng.random() < 0.5:
        both = rng.choice([1.0, rng.uniform(0.2, 1.0)])
        winks = rng.random() < 0.4
        for upper, lower, crease in EYES:
            amount = rng.choice([0.0, 1.0, rng.uniform()]) if winks else both
            gap = mesh[lower] - mesh[upper]
            out[upper] += 0.8 * amount * gap
            out[lower] -= 0.15 * amount * gap
            out[crease] += 0.35 * amount * gap
    if rng.random() < 0.4:
        amount = rng.choice([1.0, rng.uniform(0.3, 1.0)])
        for (upper, lower), share in ((LIPS_INNER, 1.0), (LIPS_OUTER, 0.6)):
            gap = mesh[LIPS_INNER[1]] - mesh[LIPS_INNER[0]]
            out[upper] += 0.5 * share * amount * gap
            out[lower] -= 0.5 * share * amount * gap
    return out


def pool(portraits, mean, variants, seed):
    """(pictures, meshes, portrait index): each portrait cut out, and turned `variants` times."""
    triangles = triangulation(mean * 100)
    pictures, meshes, index = [], [], []
    rng = np.random.default_rng(seed)
    for i, p in enumerate(portraits):
        centre, angle, scale = frame(p.five)
        matrix = affine(centre, angle, scale * POOL_SIDE, POOL)
        border = cv2.BORDER_REFLECT if rng.random() < 0.5 else cv2.BORDER_REPLICATE
        picture = shrink_and_warp(p.image(), matrix, POOL, border)
        own = move(p.mesh, matrix)
        pictures.append(picture)
        meshes.append(own)
        index.append(i)
        # The portrait's own pose counts: no head is turned past what its picture can show.
        yaw, pitch, _ = geometry.euler(geometry.fit_rotation(mean[geometry.RIGID], own[geometry.RIGID])[0])
        for _ in range(variants):
            to = np.clip(rng.uniform(-38, 38), -38 - yaw, 38 - yaw), rng.uniform(-28, 28)
            if rng.random() < 0.25:
                to = rng.uniform(-6, 6), rng.uniform(-6, 6)
            changed = express(own, rng)
            picture2, mesh2 = turn(picture, own, *to, triangles, changed)
            gap = np.linalg.norm(changed[14, :2] - own[14, :2]) / np.linalg.norm(own[291, :2] - own[61, :2])
            if gap > 0.2 and rng.random() < 0.6:  # an open mouth is dark inside
                fill = [int(c) for c in rng.uniform([20, 5, 5], [90, 40, 40])]
                cv2.fillPoly(picture2, [np.round(mesh2[CAVITY, :2]).astype(np.int32)], fill, cv2.LINE_AA)
            pictures.append(picture2)
            meshes.append(mesh2)
            index.append(i)
    return np.stack(pictures), np.stack(meshes).astype(np.float32), np.array(index)
