//! `photogate inspect`.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::input::{Inputs, inputs, nothing};
use super::{InspectArgs, outfile::OutFile, print};
use crate::capture::{self, Filter, Given};
use crate::error::{Error, Result};
use crate::photo;
use crate::pipeline::Pipeline;
use crate::progress;
use crate::report::terminal::printable;
use crate::report::{json, overlay};

/// Draw what is seen on every picture; the exit code.
pub(super) fn run(args: &InspectArgs) -> Result<u8> {
    let input = Inputs { paths: inputs(&args.paths)?, filter: Filter::default() };
    let mut pipeline = Pipeline::load(args.engine.start()?)?;
    let bar = input.bar();
    let (mut drawn, mut errors) = (0, 0);
    let _ = input.walk(&mut |met| {
        match met.and_then(|given| inspect(&mut pipeline, &given, args)) {
            Ok(()) => drawn += 1,
            Err(e) => {
                errors += 1;
                progress::above(&bar, || eprintln!("{}", printable(&e.to_string())));
            }
        }
        bar.inc(1);
        ControlFlow::Continue(())
    });
    bar.finish_and_clear();
    if drawn + errors == 0 {
        return Err(nothing());
    }
    print(&format!("{drawn} drawn in {}, {errors} errors", args.out.display()))?;
    Ok(if errors > 0 { 2 } else { 0 })
}

fn inspect(pipeline: &mut Pipeline, given: &Given, args: &InspectArgs) -> Result<()> {
    let capture = &given.capture;
    let bytes = capture::read(given, photo::Limits::default().max_file_bytes)?;
    let scene = pipeline.perceive(photo::decode(&bytes, &capture.path)?)?;
    let name = capture.id.rsplit('/').next().unwrap_or(&capture.id);
    let page = overlay::draw(&scene, name);
    let below = inside(&args.out, &capture.id);
    let mut picture = Vec::new();
    // No chroma subsampling to speak of at this quality: thin coloured lines survive.
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut picture, 92)
        .encode_image(&page)
        .map_err(|e| Error::Write { path: below.clone(), source: std::io::Error::other(e) })?;
    write(&with_ending(&below, "seen.jpg"), &picture, args.force)?;
    if let (true, Some(person)) = (args.matte, &scene.person) {
        let mut matte = std::io::Cursor::new(Vec::new());
        person
            .body
            .matte
            .at_photo(&scene.photo.pixels)
            .write_to(&mut matte, image::ImageFormat::Png)
            .map_err(|e| Error::Write { path: below.clone(), source: std::io::Error::other(e) })?;
        write(&with_ending(&below, "matte.png"), matte.get_ref(), args.force)?;
    }
    write(&with_ending(&below, "seen.json"), json::seen(&capture.id, &scene).as_bytes(), args.force)
}

/// The place for a capture below the output folder: its own path, without what would lead out of it.
fn inside(out: &Path, id: &str) -> PathBuf {
    let parts = id.split('/').filter(|p| !p.is_empty() && *p != "." && *p != "..");
    parts.fold(out.to_owned(), |path, part| path.join(part))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

/// A whole file or none.
fn write(path: &Path, bytes: &[u8], force: bool) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut out = OutFile::create(folder, &name, force)?;
    out.file.write_all(bytes).map_err(|source| Error::Write { path: path.to_owned(), source })?;
    out.finish(force)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_outside_the_output_folder() {
        let out = Path::new("out");
        assert_eq!(inside(out, "a/b.jpg"), Path::new("out/a/b.jpg"));
        assert_eq!(inside(out, "../../etc/b.jpg"), Path::new("out/etc/b.jpg"));
        assert_eq!(inside(out, "/etc/./b.jpg"), Path::new("out/etc/b.jpg"));
        assert_eq!(
            with_ending(Path::new("out/b.jpg"), "seen.json"),
            Path::new("out/b.jpg.seen.json")
        );
    }
}
