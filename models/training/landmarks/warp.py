"""Turn a head in a photograph by its own mesh: training poses that the portraits lack.

The portraits look at the camera, the program must measure heads turned by up to 35 degrees. As in
"Face Alignment Across Large Poses: A 3D Solution" (Zhu et al. 2016), the labelled mesh is rotated
in depth together with a ring around the face, and the picture follows it triangle by triangle; the
label of the new picture is the rotated mesh itself.
"""

import cv2
import numpy as np
from scipy.spatial import Delaunay

# The outline of the mesh (MediaPipe's FACE_OVAL), clockwise in the picture from the forehead.
OVAL = [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377]
OVAL += [152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109]


def rotation(yaw, pitch):
    """Rotation by yaw about y, then pitch about x, in degrees; frame x right, y down, z away."""
    a, b = np.radians(yaw), np.radians(pitch)
    ry = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    rx = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    return rx @ ry


def control_points(mesh, size):
    """The mesh, a ring of hair and ears around it, and a fixed frame at the picture's edge."""
    oval = mesh[OVAL]
    centre = mesh[:468].mean(0)
    rings = [mesh]
    for grow, deeper in ((1.22, 0.35), (1.5, 0.6)):
        ring = centre + (oval - centre) * grow
        ring[:, 2] = oval[:, 2] + deeper * np.ptp(mesh[:468, 0])
        rings.append(ring)
    steps = np.linspace(0, size, 9)
    edge = [(x, y) for x in steps for y in steps if x in (0, size) or y in (0, size)]
    edge = np.column_stack([np.array(edge) * 1.6 - 0.3 * size, np.zeros(len(edge))])
    return np.concatenate(rings), edge


def triangulation(mean_mesh):
    """Triangles over mesh + rings + frame, from the frontal mean face (so that none is folded)."""
    size = 2.2 * np.ptp(mean_mesh[:468, 1])
    m = mean_mesh.copy()
    m[:, :2] += size / 2 - m[:468, :2].mean(0)
    moving, edge = control_points(m, size)
    return Delaunay(np.concatenate([moving, edge])[:, :2]).simplices


def turn(image, mesh, yaw, pitch, triangles, changed=None):
    """The square picture with the head turned, and its mesh; both in the picture's frame.

    `changed`: the mesh with another expression, in the pose of `mesh`.
    """
    size = image.shape[0]
    moving, edge = control_points(mesh.astype(np.float64), size)
    pivot = mesh[:468].mean(0).astype(np.float64)
    pivot[2] += 0.5 * np.ptp(mesh[:468, 0])  # about the neck's axis, behind the face
    posed = moving.copy()
    posed[:478] = mesh if changed is None else changed
    turned = (posed - pivot) @ rotation(yaw, pitch).T + pivot
    turned[:, :2] -= turned[:468, :2].mean(0) - mesh[:468, :2].mean(0)
    outer = np.arange(len(moving)) >= 478 + len(OVAL)
    turned[outer] = 0.5 * (turned[outer] + moving[outer])  # the shoulders stay, the hair follows half
    source = np.concatenate([moving, edge])[:, :2]
    target = np.concatenate([turned, edge])
    depth = target[triangles, 2].mean(1)
    depth[(triangles >= len(moving)).any(1)] = np.inf
    index = np.full((size, size), -1, np.int32)
    corners = target[triangles][:, :, :2]
    for t in np.argsort(-depth):  # painter's order, far to near
        cv2.fillConvexPoly(index, np.round(corners[t] * 16).astype(np.int32), int(t), 8, 4)
    # Affine map of each triangle, target to source.
    ones = np.ones((len(triangles), 3, 1))
    a = np.concatenate([corners, ones], 2) + np.eye(3) * 1e-9
    maps = np.linalg.solve(a, source[triangles])  # (t, 3, 2)
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float64)
    m = maps[np.maximum(index, 0)]
    where = xs[..., None] * m[..., 0, :] + ys[..., None] * m[..., 1, :] + m[..., 2, :]
    where[index < 0] = np.stack([xs, ys], 2)[index < 0]
    out = cv2.remap(image, where.astype(np.float32), None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return out, turned[:478].astype(np.float32)
