//! What is drawn over a thumbnail: lists of whole numbers x, y, x, y, ... in halves of its pixels.

use std::collections::HashMap;

use serde_json::{Map, Value as Json, json};

use crate::face::{Face, part};
use crate::model::attributes::Attributer;
use crate::pipeline::Judged;
use crate::verdict::{Evidence, Finding};

/// Steps of the drawing in a pixel of the thumbnail: finer than that nobody sees.
const STEPS: f32 = 2.0;

/// Points of an outline nearer to the last one than this, pixels of the thumbnail, are left out.
const NEAR: f32 = 1.5;

/// Most faces that are drawn: a picture of a crowd is no portrait.
const FACES: usize = 8;

/// Outlines that stand for the mesh: closed ones, then open ones.
const CLOSED: &[&[usize]] = &[
    part::OVAL,
    part::RIGHT_EYEBALL,
    part::LEFT_EYEBALL,
    part::RIGHT_BROW,
    part::LEFT_BROW,
    part::LIPS,
    part::MOUTH,
    part::RIGHT_IRIS,
    part::LEFT_IRIS,
];
const OPEN: &[&[usize]] = &[
    // Ridge of the nose, its wings, and the middle of the face.
    &[168, 6, 197, 195, 5, 4, 1],
    &[64, 98, 97, 2, 326, 327, 294],
    &[10, 151, 9, 8, 168],
    &[2, 164, 0],
    &[17, 18, 200, 199, 175, 152],
];

/// A point of the photo on the drawing's grid.
fn place(p: [f32; 2], scale: f32) -> [i64; 2] {
    p.map(|v| (v * scale * STEPS).round() as i64)
}

/// Points on the drawing's grid, without those that nobody could tell from the one before.
fn line(points: impl IntoIterator<Item = [f32; 2]>, scale: f32) -> Vec<i64> {
    let mut flat: Vec<i64> = Vec::new();
    for p in points {
        let [x, y] = place(p, scale);
        let near = |[lx, ly]: [i64; 2]| ((lx - x) as f32).hypot((ly - y) as f32) < NEAR * STEPS;
        let last = flat.last_chunk::<2>().copied();
        if last.is_none_or(|last| !near(last)) {
            flat.extend([x, y]);
        }
    }
    flat
}

/// Everything that is seen of the people: mesh, lines, ears and the planned crop.
pub(super) fn seen(judged: &Judged, scale: f32) -> Map<String, Json> {
    let mut all = Map::new();
    let faces = judged.faces.iter().take(FACES);
    let mesh: Vec<Vec<i64>> = faces.flat_map(|f| mesh(f, scale)).collect();
    all.insert("mesh".into(), json!(mesh));
    if let ([face], Some((marks, _))) = (&judged.faces[..], &judged.person) {
        let half = 0.9 * face.inter_ocular_distance();
        let level = |[x, y]: [f32; 2]| [[x - half, y], [x + half, y]];
        let mut lines = Map::new();
        let mut add = |name: &str, [a, b]: [[f32; 2]; 2]| {
            let ends = [place(a, scale), place(b, scale)].concat();
            lines.insert(name.to_owned(), json!(ends));
        };
        if let Ok(crown) = &marks.crown {
            add("crown", level(*crown));
        }
        add("eyes", [face.at(part::RIGHT_PUPIL), face.at(part::LEFT_PUPIL)]);
        add("chin", level(face.at(152)));
        if let Ok(s) = &marks.shoulders {
            add("shoulders", [s.right, s.left]);
        }
        let [right, left, ..] = Attributer::regions(&face.mesh);
        all.insert("lines".into(), Json::Object(lines));
        all.insert("ears".into(), json!([right, left].map(|ear| line(ear, scale))));
    }
    if let Some(plan) = &judged.plan {
        let [x0, y0, x1, y1] = plan.crop;
        let ends = [place([x0, y0], scale), place([x1, y1], scale)].concat();
        all.insert("crop".into(), json!(ends));
    }
    all
}

/// Outlines of the parts of a face.
fn mesh(face: &Face, scale: f32) -> Vec<Vec<i64>> {
    // A closed outline comes back to where it began.
    let around = |part: &&[usize]| {
        let points = face.outline(part);
        let first = points.first().copied();
        line(points.into_iter().chain(first), scale)
    };
    let along = |part: &&[usize]| line(face.outline(part), scale);
    CLOSED.iter().map(around).chain(OPEN.iter().map(along)).filter(|l| l.len() > 2).collect()
}

/// Shapes of a capture, each once: many checks look at the same places.
#[derive(Default)]
pub(super) struct Shapes {
    known: HashMap<(char, Vec<i64>), usize>,
    list: Vec<Json>,
}

impl Shapes {
    /// Numbers of the shapes that a finding was taken from.
    pub(super) fn of(&mut self, finding: &Finding, scale: f32) -> Vec<usize> {
        let evidence = finding.measured.iter().flat_map(|reading| &reading.evidence);
        evidence.map(|e| self.number(e, scale)).collect()
    }

    fn number(&mut self, evidence: &Evidence, scale: f32) -> usize {
        let (kind, points) = match evidence {
            Evidence::Points(points) => {
                ('p', points.iter().flat_map(|p| place(*p, scale)).collect())
            }
            Evidence::Line(a, b) => ('l', [place(*a, scale), place(*b, scale)].concat()),
            Evidence::Region(outline) => ('r', line(outline.iter().copied(), scale)),
        };
        let list = &mut self.list;
        *self.known.entry((kind, points)).or_insert_with_key(|(kind, points)| {
            list.push(json!([kind.to_string(), points]));
            list.len() - 1
        })
    }

    /// All of them.
    pub(super) fn list(self) -> Vec<Json> {
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fine_outline_loses_what_nobody_sees() {
        let fine = (0..100).map(|i| [i as f32, 10.0]);
        let drawn = line(fine, 0.5);
        assert_eq!(&drawn[..6], [0, 10, 3, 10, 6, 10]);
    }
}
