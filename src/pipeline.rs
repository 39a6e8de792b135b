//! One photo through every stage.

use crate::body::{self, Marks};
use crate::capture::Capture;
use crate::check::{self, Look, Measurement};
use crate::engine::Engine;
use crate::error::Result;
use crate::face::{self, Face};
use crate::framing::Plan;
use crate::gist::Gist;
use crate::judge::judge;
use crate::model::attributes::{Attributer, Attributes};
use crate::model::detector::{self, Detector};
use crate::model::gaze::Gazer;
use crate::model::landmarks::{Landmarker, Landmarks};
use crate::model::lids::LidFinder;
use crate::model::matte::Segmenter;
use crate::model::rims::RimFinder;
use crate::model::shoulders::ShoulderFinder;
use crate::photo::{FileFacts, Photo};
use crate::profile::{Profile, Stage};
use crate::pyramid::{Overview, Pyramid};
use crate::scene::{Person, Scene};
use crate::verdict::{Unreadable, Verdict};

/// What the landmark network believes in this much is a face.
const PRESENT: f32 = 0.95;

/// What it believes in less than this is none, unless the detector was sure. In between a person looks.
const DOUBTFUL: f32 = 0.6;

/// From this score on the detector alone is sure (model card): where the landmark network finds no
/// face then, somebody may be turned away or covered, and a person looks.
const SURELY_SEEN: f32 = 0.65;

/// The models of one worker.
pub struct Pipeline {
    detector: Detector,
    landmarker: Landmarker,
    segmenter: Segmenter,
    attributer: Attributer,
    gazer: Gazer,
    rim_finder: RimFinder,
    lid_finder: LidFinder,
    shoulder_finder: ShoulderFinder,
}

/// What came out for one capture.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The capture.
    pub capture: Capture,
    /// SHA-256 of its bytes, where they could be read.
    pub sha256: Option<String>,
    /// The judged photo, or why there is none.
    pub outcome: std::result::Result<Judged, String>,
}

/// A photo that was judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Facts of the file.
    pub facts: FileFacts,
    /// The faces.
    pub faces: Vec<Face>,
    /// Marks and attributes of the person around the only face.
    pub person: Option<(Marks, Attributes)>,
    /// The crop planned for the profile's frame, where there is exactly one face.
    pub plan: Option<Plan>,
    /// Every measurement, also those that the profile has no limit for.
    pub measurements: Vec<Measurement>,
    /// What is kept for other profiles, or why there is nothing.
    pub gist: std::result::Result<Gist, Unreadable>,
    /// The verdict.
    pub verdict: Verdict,
}

/// Measure and judge what was perceived.
pub fn judge_scene(scene: &Scene, profile: &Profile, stage: Stage) -> Judged {
    // The matte stays behind: a batch holds many verdicts that wait for an earlier one.
    let person = scene.person.as_ref().map(|p| (p.body.marks.clone(), p.attributes.clone()));
    let (facts, faces) = (scene.photo.facts.clone(), scene.faces.clone());
    judge_look(Seen { facts, faces, person, look: check::look(scene) }, profile, stage)
}

/// What is kept of a photo once its pixels are gone: enough to judge it by any profile.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Facts of the file.
    pub facts: FileFacts,
    /// The faces.
    pub faces: Vec<Face>,
    /// Marks and attributes of the person around the only face.
    pub person: Option<(Marks, Attributes)>,
    /// What was measured.
    pub look: Look,
}

/// Judge what was seen of a photo; no pixel is touched.
pub fn judge_look(seen: Seen, profile: &Profile, stage: Stage) -> Judged {
    let Seen { facts, faces, person, look } = seen;
    let gist = look.gist.clone();
    let (measurements, plan) = check::complete(look, &profile.target(stage));
    let verdict = judge(&measurements, profile, stage);
    Judged { facts, faces, person, plan, measurements, gist, verdict }
}

impl Pipeline {
    /// Load the models.
    ///
    /// # Errors
    /// When the runtime rejects a model.
    pub fn load(engine: &Engine) -> Result<Pipeline> {
        Ok(Pipeline {
            detector: Detector::load(engine)?,
            landmarker: Landmarker::load(engine)?,
            segmenter: Segmenter::load(engine)?,
            attributer: Attributer::load(engine)?,
            gazer: Gazer::load(engine)?,
            rim_finder: RimFinder::load(engine)?,
            lid_finder: LidFinder::load(engine)?,
            shoulder_finder: ShoulderFinder::load(engine)?,
        })
    }

    /// Perceive, measure and judge a decoded photo.
    ///
    /// # Errors
    /// When inference fails.
    pub fn judge(&mut self, photo: Photo, profile: &Profile, stage: Stage) -> Result<Judged> {
        Ok(judge_scene(&self.perceive(photo)?, profile, stage))
    }

    /// Everything that the networks see on a photo.
    ///
    /// # Errors
    /// When inference fails.
    pub fn perceive(&mut self, photo: Photo) -> Result<Scene> {
        let overview = Overview::of(&photo.pixels);
        let pyramid = Pyramid { photo: &photo.pixels, overview: &overview };
        let (faces, doubtful) = self.faces(pyramid)?;
        let person = match &faces[..] {
            [face] => Some(self.person(pyramid, face)?),
            _ => None,
        };
        Ok(Scene { photo, overview, faces, doubtful, person })
    }

    fn person(&mut self, pyramid: Pyramid, face: &Face) -> Result<Person> {
        let matte = self.segmenter.run(pyramid, &face.mesh)?;
        let (attributes, before) = self.attributer.run(pyramid, &face.mesh)?;
        let gaze = self.gazer.run(pyramid, &face.mesh, face.pose.yaw)?;
        let rims = self.rim_finder.run(pyramid, &face.mesh)?;
        let lids = self.lid_finder.run(pyramid, &face.mesh)?;
        let size = pyramid.photo.dimensions();
        let line = self.shoulder_finder.run(&matte, size)?;
        let body = body::of(matte, face, size, &line);
        Ok(Person { body, attributes, before, gaze, rims, lids })
    }

    /// Every face of the picture, largest first, and the number of doubtful ones.
    ///
    /// # Errors
    /// When inference fails.
    fn faces(&mut self, pyramid: Pyramid) -> Result<(Vec<Face>, usize)> {
        let (mut faces, mut doubtful): (Vec<Face>, usize) = (Vec::new(), 0);
        for found in self.detector.run(pyramid)? {
            let Landmarks { mesh, presence } = self.landmarker.run(pyramid, &found.five)?;
            let bounds = face::bounds(&mesh);
            // Two candidates that turn out to be the same face.
            if faces.iter().any(|f| detector::iou(&f.bounds, &bounds) > detector::SAME_FACE_IOU) {
                continue;
            }
            if presence >= PRESENT {
                let pose = face::pose(&mesh);
                faces.push(Face { score: found.score, presence, bounds, mesh, pose });
            } else if presence >= DOUBTFUL || found.score >= SURELY_SEEN {
                doubtful += 1;
            }
        }
        let height = |f: &Face| f.bounds[3] - f.bounds[1];
        faces.sort_by(|a, b| height(b).total_cmp(&height(a)));
        Ok((faces, doubtful))
    }
}
