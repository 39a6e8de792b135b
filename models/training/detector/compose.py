"""Makes one training picture: people at any size on any background, with things that are not faces.

A picture is built in a frame (the photograph's own shape), then centred in the 320 x 320 square on
grey, exactly as the program letterboxes. Labels: boxes are *amodal* (the whole face, also where the
edge of the picture cuts it), so that the crop for the next model is right. A face that is mostly
hidden is neither right nor wrong: its cells are left out of the loss.
"""

import cv2
import numpy as np

import distort
from data import FIVE, FIVE_FLIPPED, OVAL

SIZE = 320
PAD = 128
SEEN, UNSEEN = 0.55, 0.12  # visible share of the box: above, a face; between, ignored; below, nothing
SMALLEST = 9  # pixels of face height in the 320 square; below, ignored


class Canvas:
    def __init__(self, w, h, image):
        self.image = image
        self.owner = np.full((h, w), -1, np.int16)
        self.faces = []  # (owner id, mesh in the canvas)
        self.w, self.h = w, h

    def place(self, picture, matrix, use_alpha=True, rows=None, columns=None, replicate=False, edit=None):
        """Pastes `picture` (or its rows/columns slice) through the 2x3 `matrix`; returns its id.

        Shrinks by area averaging first, as the program does, then turns the small picture.
        """
        scale = np.sqrt(abs(np.linalg.det(matrix[:, :2])))
        level = int(np.clip(np.floor(np.log2(max(1 / scale, 1))), 0, len(picture.levels) - 1))
        image, alpha = picture.levels[level]
        if not use_alpha:
            alpha = None
        rest = min(1.0, scale * picture.size[0] / image.shape[1])
        if rest < 0.9:
            size = (max(2, round(image.shape[1] * rest)), max(2, round(image.shape[0] * rest)))
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
            alpha = None if alpha is None else cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
        fx, fy = image.shape[1] / picture.size[0], image.shape[0] / picture.size[1]
        if edit is not None:
            image = edit(image, fx, fy)
        x0, x1 = (0, image.shape[1]) if columns is None else (int(columns[0] * fx), int(columns[1] * fx))
        y0, y1 = (0, image.shape[0]) if rows is None else (int(rows[0] * fy), int(rows[1] * fy))
        x0, y0 = max(x0, 0), max(y0, 0)
        image = image[y0:y1, x0:x1]
        if min(image.shape[:2]) < 2:
            return -1
        alpha = np.full(image.shape[:2], 255, np.uint8) if alpha is None else np.ascontiguousarray(alpha[y0:y1, x0:x1])
        # pixel of the small slice -> picture -> canvas; +-0.5 keeps pixel centres where they were
        small = matrix @ np.array([[1 / fx, 0, x0 / fx], [0, 1 / fy, y0 / fy], [0, 0, 1]])
        small[:, 2] += small[:, :2] @ [0.5, 0.5] - 0.5
        corners = np.array([[0, 0, 1], [image.shape[1], 0, 1], [0, image.shape[0], 1],
                            [image.shape[1], image.shape[0], 1]]) @ small.T
        if replicate:
            lo, hi = np.zeros(2, int), np.array([self.w, self.h])
        else:
            lo = np.floor(corners.min(0)).astype(int).clip(0, [self.w, self.h])
            hi = np.ceil(corners.max(0)).astype(int).clip(0, [self.w, self.h])
        number = len(self.faces) + 1000 if picture.mesh is None else len(self.faces)
        if (hi - lo).min() < 1:
            return -1
        small[:, 2] -= lo
        size = (int(hi[0] - lo[0]), int(hi[1] - lo[1]))
        view = self.image[lo[1]:hi[1], lo[0]:hi[0]]
        border = cv2.BORDER_REPLICATE if replicate else cv2.BORDER_CONSTANT
        turned = cv2.warpAffine(np.ascontiguousarray(image), small, size, borderMode=border if replicate else cv2.BORDER_REPLICATE)
        mask = cv2.warpAffine(alpha, small, size, borderMode=border)
        a = mask[..., None].astype(np.uint16)
        view[:] = (turned * a + view * (255 - a) + 127) // 255
        self.owner[lo[1]:hi[1], lo[0]:hi[0]][mask > 127] = number
        return number

    def labels(self, flip):
        """boxes [n,4], five points [n,10], keep [n] (0: ignored), in pixels of the frame."""
        out = []
        for number, mesh in self.faces:
            points = mesh[:468]
            x0, y0 = points.min(0)
            x1, y1 = points.max(0)
            cx0, cy0 = max(0, int(x0)), max(0, int(y0))
            cx1, cy1 = min(self.w, int(np.ceil(x1))), min(self.h, int(np.ceil(y1)))
            if cx1 <= cx0 or cy1 <= cy0:
                continue
            inside = (cx1 - cx0) * (cy1 - cy0) / max((x1 - x0) * (y1 - y0), 1)
            seen = inside * min(1.0, 1.05 * (self.owner[cy0:cy1, cx0:cx1] == number).mean())
            centre = 0 <= x0 + x1 < 2 * self.w and 0 <= y0 + y1 < 2 * self.h
            if seen < UNSEEN:
                continue
            five = mesh[FIVE][FIVE_FLIPPED] if flip else mesh[FIVE]
            keep = seen >= SEEN and centre and y1 - y0 >= SMALLEST
            out.append((np.array([x0, y0, x1, y1]), five.reshape(-1), float(keep)))
        if not out:
            return np.zeros((0, 4)), np.zeros((0, 10)), np.zeros(0)
        return tuple(np.stack(c) for c in zip(*out))


def matrix_for(rng, picture, height, centre, angle, warp=True):
    """Puts the middle of the face (or the picture) at `centre`, the face (or picture) `height` tall."""
    if picture.mesh is None:
        middle, unit = np.array(picture.size) / 2, max(picture.size)
    else:
        b = picture.box
        middle, unit = (b[:2] + b[2:]) / 2, b[3] - b[1]
    s, t = height / unit, np.deg2rad(angle)
    m = s * np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    if warp:
        m = m @ np.array([[np.exp(rng.normal(0, 0.05)), rng.normal(0, 0.03)], [0, 1]])
    return np.column_stack([m, np.asarray(centre) - m @ middle])


class Composer:
    def __init__(self, people, wallpapers, stamps, seed):
        self.rng = np.random.default_rng(seed)
        self.people, self.wallpapers, self.stamps = people, wallpapers, stamps
        # Sources of very different size: weigh by the square root, so that no one look dominates.
        counts = {}
        for p in people:
            counts[p.source] = counts.get(p.source, 0) + 1
        weight = np.array([counts[p.source] ** -0.5 for p in people])
        self.weight = np.cumsum(weight / weight.sum())
        self.weight[-1] = 1.0
        self.noise = self.rng.normal(0, 1, (512, 512, 3)).astype(np.float32)

    def person(self):
        return self.people[int(np.searchsorted(self.weight, self.rng.random()))]

    def angle(self):
        r = self.rng
        return r.uniform(-45, 45) if r.random() < 0.3 else r.normal(0, 8)

    def background(self, w, h):
        r, kind = self.rng, self.rng.random()
        if kind < 0.45 and self.wallpapers:
            image = self.wallpapers[r.integers(len(self.wallpapers))].levels[0][0]
            k = r.uniform(0.25, 1)
            ch = min(image.shape[0], max(8, int(image.shape[0] * k)))
            cw = min(image.shape[1], max(8, int(ch * w / h)))
            y, x = r.integers(image.shape[0] - ch + 1), r.integers(image.shape[1] - cw + 1)
            out = cv2.resize(image[y:y + ch, x:x + cw], (w, h), interpolation=cv2.INTER_AREA)
            return np.ascontiguousarray(out)
        return distort.flat(r, w, h)

    def add_person(self, canvas, picture, matrix, cut, replicate=False):
        r, edit = self.rng, None
        if r.random() < 0.12 and picture.source != "":
            k = r.uniform(1.5, 5)  # a person out of focus: blur the source in proportion to the face

            def edit(image, fx, fy):
                return cv2.GaussianBlur(image, (0, 0), max(0.5, k * 0.012 * (picture.box[3] - picture.box[1]) * fy))
        number = canvas.place(picture, matrix, use_alpha=cut, replicate=replicate, edit=edit)
        if number >= 0:
            mesh = picture.mesh @ matrix[:, :2].T + matrix[:, 2]
            canvas.faces.append((number, mesh))
            if r.random() < 0.22:
                distort.occlude(r, canvas.image, mesh)

    def add_distractor(self, canvas):
        """A stamp, a body without a head, a patch of hair or ear, a head from behind."""
        r = self.rng
        centre = r.uniform(0, 1, 2) * [canvas.w, canvas.h]
        if self.stamps and r.random() < 0.5:
            stamp = self.stamps[r.integers(len(self.stamps))]
            canvas.place(stamp, matrix_for(r, stamp, r.uniform(0.1, 0.9) * canvas.h, centre, self.angle()))
            return
        p = self.person()
        x0, y0, x1, y1 = p.box
        w, h = x1 - x0, y1 - y0
        m = matrix_for(r, p, np.exp(r.uniform(np.log(0.06), np.log(0.6))) * canvas.h, centre, self.angle())
        kind = r.random()
        plain = type(p)(p.levels[0][0], p.levels[0][1])  # no mesh: nothing here is a face
        if kind < 0.4:
            canvas.place(plain, m, rows=(y1 + 0.03 * h, p.size[1]))
        elif kind < 0.55:
            canvas.place(plain, m, rows=(0, y0 + 0.08 * h))
        elif kind < 0.75:
            side = (0, x0 - 0.02 * w) if r.random() < 0.5 else (x1 + 0.02 * w, p.size[0])
            canvas.place(plain, m, columns=side)
        elif kind < 0.8:
            canvas.place(plain, m, rows=(y0 + 0.82 * h, p.size[1]))  # chin and neck
        else:
            oval = p.mesh[OVAL]

            def behind(image, fx, fy):
                image = image.copy()
                ax, ay, bx, by = (np.array([x0 * fx, y0 * fy, x1 * fx, y1 * fy])).astype(int)
                top = image[max(0, int(ay - 0.22 * h * fy)):max(1, int(ay - 0.02 * h * fy)), max(0, ax):max(1, bx)]
                if min(top.shape[:2]) < 1:
                    top = image[:1, :1]
                hair = cv2.resize(np.ascontiguousarray(top), (image.shape[1], image.shape[0]))
                mask = np.zeros(image.shape[:2], np.uint8)
                grown = (oval - oval.mean(0)) * 1.08 + oval.mean(0)
                cv2.fillPoly(mask, [(grown * [fx, fy]).astype(np.int32)], 1)
                image[mask > 0] = hair[mask > 0]
                return image

            canvas.place(plain, m, edit=behind)

    def compose(self):
        """(320 x 320 x 3 uint8 RGB, boxes, points, keep) of one new picture."""
        r = self.rng
        aspect = r.choice([0.75, 0.75, 0.75, 2 / 3, 5 / 7, 1.0, 1.0, 4 / 3, 1.5, 0.5625])
        w, h = (round(SIZE * aspect), SIZE) if aspect <= 1 else (SIZE, round(SIZE / aspect))
        canvas = Canvas(w, h, self.background(w, h))
        kind = r.random()
        if kind < 0.50:  # one main person
            if r.random() < 0.3:
                self.add_distractor(canvas)
            p = self.person()
            share = r.uniform(0.2, 0.5) if r.random() < 0.3 else np.exp(r.uniform(np.log(0.05), np.log(1.0)))
            height = min(share * h, 2.2 * (p.box[3] - p.box[1]), 1.15 * w)
            roam = 0.5 + (0.62 - min(0.5, 0.4 * height / h)) * r.uniform(-1, 1, 2)
            edge = r.random() < 0.2  # let the frame cut the face
            centre = (roam if edge else 0.5 + (roam - 0.5) * 0.7) * [w, h]
            cut = p.levels[0][1] is not None and r.random() < 0.5
            self.add_person(canvas, p, matrix_for(r, p, height, centre, self.angle()), cut,
                            replicate=not cut and r.random() < 0.6)
        elif kind < 0.80:  # several, the larger in front
            sizes = np.sort(np.exp(r.uniform(np.log(0.035), np.log(0.5), r.integers(2, 6))))
            for share in sizes:
                p = self.person()
                height = min(share * h, 1.8 * (p.box[3] - p.box[1]))
                centre = r.uniform(0.05, 0.95, 2) * [w, h]
                self.add_person(canvas, p, matrix_for(r, p, height, centre, self.angle()), r.random() < 0.6)
            if r.random() < 0.3:
                self.add_distractor(canvas)
        else:  # nobody
            for _ in range(r.integers(0, 6)):
                self.add_distractor(canvas)
        image, flip = canvas.image, r.random() < 0.5
        if flip:
            image = image[:, ::-1]
            for _, mesh in canvas.faces:
                mesh[:, 0] = w - mesh[:, 0]
            canvas.owner = canvas.owner[:, ::-1]
        boxes, points, keep = canvas.labels(flip)
        out = np.full((SIZE, SIZE, 3), PAD, np.uint8)
        dx, dy = (SIZE - w) // 2, (SIZE - h) // 2
        out[dy:dy + h, dx:dx + w] = distort.photometric(r, np.ascontiguousarray(image), self.noise)
        return out, boxes + [dx, dy, dx, dy], points + [dx, dy] * 5, keep
