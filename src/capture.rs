//! What there is to check: paths, folders, lists of paths. Holds no pixels.

pub mod names;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::error::{Error, Result};

/// One thing to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Name inside the input: the path below the folder that was given, or a file's path as given.
    /// Always with forward slashes, so that reports are the same on every system.
    pub id: String,
    /// The file.
    pub path: PathBuf,
}

/// What a walk over the input met, in order: a capture, or a place that could not be read.
pub type Met = std::result::Result<Capture, Error>;

/// File endings taken from a folder without looking inside.
const ENDINGS: &[&str] = &[
    "jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "tif", "tiff", "bmp", "dib", "dng", "cr2",
    "cr3", "nef", "nrw", "arw", "sr2", "srf", "orf", "ori", "rw2", "rwl", "pef", "raf", "srw",
    "heic", "heif", "avif", "gif", "jxl",
];

/// All captures of the given files and folders, in the order given; folders in order of path.
///
/// A file named outright is always a capture, whatever it is called. From a folder are taken the
/// files that are called like pictures, so that a README beside them is no error. Hidden files
/// are left out. Links to files are taken, links to folders are not followed (they may lead in circles).
pub fn find(inputs: &[PathBuf]) -> Vec<Met> {
    inputs.iter().flat_map(|input| find_in(input)).collect()
}

fn find_in(input: &Path) -> Vec<Met> {
    if !input.is_dir() {
        return vec![Ok(Capture { id: id(input), path: input.to_owned() })];
    }
    let hidden =
        |e: &walkdir::DirEntry| e.depth() > 0 && e.file_name().to_string_lossy().starts_with('.');
    let walk = WalkDir::new(input).sort_by_file_name().into_iter().filter_entry(|e| !hidden(e));
    walk.filter_map(|entry| match entry {
        Ok(entry) if entry.path().is_file() && is_called_like_a_picture(entry.path()) => {
            let below = entry.path().strip_prefix(input).unwrap_or(entry.path());
            Some(Ok(Capture { id: id(below), path: entry.into_path() }))
        }
        Ok(_) => None,
        Err(e) => {
            let path = e.path().unwrap_or(input).to_owned();
            Some(Err(Error::Read { path, source: e.into() }))
        }
    })
    .collect()
}

/// A path with forward slashes on every system.
fn id(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

fn is_called_like_a_picture(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    ending.is_some_and(|e| ENDINGS.contains(&e.as_str()))
}

/// The bytes of a capture, read whole.
///
/// # Errors
/// [`Error::Read`] with the system's reason, [`Error::FileTooLarge`] beyond `max_bytes`.
pub fn read(capture: &Capture, max_bytes: u64) -> Result<Vec<u8>> {
    let path = &capture.path;
    let refuse = |source| Error::Read { path: path.clone(), source };
    let file = File::open(path).map_err(refuse)?;
    // The size that the system tells is only a hint: a device has none, and a file may still grow.
    let told = file.metadata().map_err(refuse)?.len();
    let mut bytes = Vec::new();
    if told <= max_bytes {
        file.take(max_bytes + 1).read_to_end(&mut bytes).map_err(refuse)?;
    }
    let size = told.max(bytes.len() as u64);
    if size > max_bytes {
        return Err(Error::FileTooLarge { path: path.clone(), bytes: size, limit: max_bytes });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(met: &[Met]) -> Vec<&str> {
        met.iter().map(|m| m.as_ref().unwrap().id.as_str()).collect()
    }

    #[test]
    fn a_folder_gives_its_pictures_in_order_and_a_file_is_taken_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("b")).unwrap();
        for name in ["z.JPG", "b/a.png", "notes.txt", ".hidden.jpg", "a.tif"] {
            std::fs::write(dir.path().join(name), b"x").unwrap();
        }
        assert_eq!(ids(&find(&[dir.path().to_owned()])), ["a.tif", "b/a.png", "z.JPG"]);
        let outright = dir.path().join("notes.txt");
        assert_eq!(ids(&find(std::slice::from_ref(&outright))), [outright.to_string_lossy()]);
    }

    #[test]
    fn a_folder_gives_every_format_that_is_read() {
        use crate::photo::Format;
        let formats = [
            Format::Jpeg,
            Format::Png,
            Format::WebP,
            Format::Tiff,
            Format::Bmp,
            Format::Dng,
            Format::Cr2,
            Format::Cr3,
            Format::Nef,
            Format::Arw,
            Format::Orf,
            Format::Rw2,
            Format::Pef,
            Format::Raf,
        ];
        for ending in formats.iter().flat_map(|f| f.extensions()) {
            assert!(ENDINGS.contains(ending), "{ending}");
        }
    }

    #[test]
    fn no_more_is_read_than_allowed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.jpg");
        std::fs::write(&path, [0; 100]).unwrap();
        let capture = Capture { id: String::new(), path };
        assert_eq!(read(&capture, 100).unwrap().len(), 100);
        assert!(matches!(read(&capture, 99), Err(Error::FileTooLarge { bytes: 100, .. })));
    }

    #[test]
    fn what_does_not_exist_is_an_error_when_it_is_read() {
        let met = find(&[PathBuf::from("no/such/file.jpg")]);
        let capture = met[0].as_ref().unwrap();
        assert!(read(capture, 1).unwrap_err().to_string().contains("no/such/file.jpg"));
    }
}
