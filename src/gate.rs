//! The library's front door: what the program does with a photo, in two calls.

use std::path::Path;

use crate::capture::Given;
use crate::engine::{self, Choice, Engine};
use crate::error::Result;
use crate::photo;
use crate::pipeline::{Judged, Pipeline};
use crate::produce::{self, Made, Order, Standard};
use crate::profile::{Profile, Stage};
use crate::resume::{self, Course, Keep};

/// Judges photos by one profile. Holds the loaded models: make one for each thread, and keep it.
///
/// ```
/// use photogate::Gate;
/// use photogate::verdict::Outcome;
///
/// # fn main() -> photogate::error::Result<()> {
/// let mut gate = Gate::new("chsi-degree")?;
/// let judged = gate.check(&std::fs::read("fixtures/captures/c01.jpg").unwrap())?;
/// assert_eq!(judged.verdict.outcome, Outcome::Pass);
/// # Ok(())
/// # }
/// ```
pub struct Gate {
    /// The rules.
    pub profile: Profile,
    /// What photos are taken for: captures, unless it is set otherwise.
    pub stage: Stage,
    /// The models.
    pub pipeline: Pipeline,
}

impl Gate {
    /// A gate for captures, by the name of a built-in profile or the path of a profile file, on the
    /// best engine that is found.
    ///
    /// # Errors
    /// When there is no such profile, or no engine can be started.
    pub fn new(profile: &str) -> Result<Gate> {
        let engine = engine::start(&Choice::Auto)?;
        Gate::of(engine, Profile::load(profile)?, Stage::Capture)
    }

    /// A gate of these parts.
    ///
    /// # Errors
    /// When the engine rejects a model.
    pub fn of(engine: &Engine, profile: Profile, stage: Stage) -> Result<Gate> {
        Ok(Gate { profile, stage, pipeline: Pipeline::load(engine)? })
    }

    /// Judge a photo.
    ///
    /// # Errors
    /// When it cannot be decoded, or inference fails.
    pub fn check(&mut self, photo: &[u8]) -> Result<Judged> {
        let photo = photo::decode(photo, Path::new("photo"))?;
        self.pipeline.judge(photo, &self.profile, self.stage)
    }

    /// Judge a capture and make its standard file.
    ///
    /// # Errors
    /// When it cannot be decoded, inference fails, or [`crate::error::Error::Standard`] with what stands
    /// against a file.
    pub fn standardise(&mut self, photo: &[u8], order: Order) -> Result<Standard> {
        let scene = self.pipeline.perceive(photo::decode(photo, Path::new("photo"))?)?;
        let judged = crate::pipeline::judge_scene(&scene, &self.profile, Stage::Capture);
        produce::standard(&mut self.pipeline, scene, &judged, &self.profile, order)
    }

    /// Read and judge a capture of a batch, and make its standard file where one is asked for. Never
    /// fails: what goes wrong is its outcome.
    pub fn take(&mut self, given: &Given, order: Option<Order>) -> Made {
        let Gate { profile, stage, pipeline } = self;
        let course = Course { profile, stage: *stage, order, known: None };
        resume::look(pipeline, given, &course, None::<&Keep<()>>).0.made
    }
}
