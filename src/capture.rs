//! What there is to check: files, folders, lists of paths, archives. Holds no pixels.

mod archive;
mod filter;
pub mod names;

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

pub use filter::Filter;

use crate::error::{Error, Result};

/// One thing to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Name inside the input: the path below the folder that was given, or a file's path as given. A
    /// picture of an archive has the archive's name before its own. Always with forward slashes, so that
    /// reports are the same on every system.
    pub id: String,
    /// The file; of a picture in an archive the archive's path and then its own.
    pub path: PathBuf,
}

/// A capture in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// What it is called.
    pub capture: Capture,
    /// Its content, where it came out of an archive; a file is read when its turn comes.
    pub bytes: Option<Vec<u8>>,
}

/// What a walk over the input met, in order: a capture, or a place that could not be read.
pub type Met = std::result::Result<Given, Error>;

/// Who takes what is met, until there is enough.
pub type Take<'a> = &'a mut dyn FnMut(Met) -> ControlFlow<()>;

/// File endings taken from a folder without looking inside.
const ENDINGS: &[&str] = &[
    "jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "tif", "tiff", "bmp", "dib", "dng", "cr2",
    "cr3", "nef", "nrw", "arw", "sr2", "srf", "orf", "ori", "rw2", "rwl", "pef", "raf", "srw",
    "heic", "heif", "avif", "gif", "jxl",
];

/// Hand on all captures of the given files and folders, in the order given; folders in order of path.
///
/// A file named outright is always a capture, whatever it is called, but for archives (ZIP, TAR, TAR.GZ,
/// TAR.ZST by their endings), which give the pictures inside. From a folder are taken the
/// files that are called like pictures or archives, so that a README beside them is no error. Hidden files
/// are left out. Links to files are taken, links to folders are not followed (they may lead in circles).
/// Nothing is collected: the first capture is given before the last is found.
pub fn walk(inputs: &[PathBuf], filter: &Filter, limit: u64, take: Take) -> ControlFlow<()> {
    inputs.iter().try_for_each(|input| walk_in(input, filter, limit, take))
}

/// Number of captures that [`walk`] will give, without reading them; none where an archive hides it.
pub fn count(inputs: &[PathBuf], filter: &Filter) -> Option<u64> {
    let mut count = 0;
    for input in inputs {
        for found in files(input, filter) {
            match found {
                Ok(file) => match archive::Kind::of(&file.path) {
                    Some(_) => return None,
                    None => count += 1,
                },
                Err(_) => count += 1,
            }
        }
    }
    Some(count)
}

/// Everything that [`walk`] meets, without contents.
pub fn find(inputs: &[PathBuf], filter: &Filter, limit: u64) -> Vec<Result<Capture>> {
    let mut all = Vec::new();
    let _ = walk(inputs, filter, limit, &mut |met| {
        all.push(met.map(|given| given.capture));
        ControlFlow::Continue(())
    });
    all
}

/// Pictures of a folder as it is now, archives left out.
pub fn pictures<'a>(
    folder: &'a Path,
    filter: &'a Filter,
) -> impl Iterator<Item = Result<Capture>> + 'a {
    let picture = |c: &Capture| archive::Kind::of(&c.path).is_none();
    files(folder, filter).filter(move |found| found.as_ref().map_or(true, picture))
}

fn walk_in(input: &Path, filter: &Filter, limit: u64, take: Take) -> ControlFlow<()> {
    for found in files(input, filter) {
        match found {
            Ok(file) => match archive::Kind::of(&file.path) {
                Some(kind) => archive::walk(&file, kind, filter, limit, take)?,
                None => take(Ok(Given { capture: file, bytes: None }))?,
            },
            Err(e) => take(Err(e))?,
        }
    }
    ControlFlow::Continue(())
}

/// Pictures and archives of a folder, or the file itself.
fn files<'a>(
    input: &'a Path,
    filter: &'a Filter,
) -> Box<dyn Iterator<Item = Result<Capture>> + 'a> {
    if !input.is_dir() {
        let one = Capture { id: id(input), path: input.to_owned() };
        let archive = archive::Kind::of(input).is_some();
        let wanted = if archive { filter.opens(&one.id) } else { filter.takes(&one.id) };
        return Box::new(wanted.then_some(Ok(one)).into_iter());
    }
    let hidden =
        |e: &walkdir::DirEntry| e.depth() > 0 && e.file_name().to_string_lossy().starts_with('.');
    let entries = WalkDir::new(input).sort_by_file_name().into_iter();
    let entered = |e: &walkdir::DirEntry| {
        e.depth() == 0 || !e.file_type().is_dir() || filter.enters(e.path())
    };
    let entries = entries.filter_entry(move |e| !hidden(e) && entered(e));
    Box::new(entries.filter_map(move |entry| match entry {
        Ok(entry) if entry.path().is_file() => {
            let id = id(entry.path().strip_prefix(input).unwrap_or(entry.path()));
            let archive = archive::Kind::of(entry.path()).is_some() && filter.opens(&id);
            let picture = || is_called_like_a_picture(&id) && filter.takes(&id);
            (archive || picture()).then(|| Ok(Capture { id: id.clone(), path: entry.into_path() }))
        }
        // A link that leads nowhere, or in a circle, stands for a picture that is missing.
        Ok(entry) if entry.path_is_symlink() => {
            let id = id(entry.path().strip_prefix(input).unwrap_or(entry.path()));
            let wanted = is_called_like_a_picture(&id) && filter.takes(&id);
            let source = std::fs::metadata(entry.path()).err().filter(|_| wanted)?;
            Some(Err(Error::Read { path: entry.into_path(), source }))
        }
        Ok(_) => None,
        Err(e) => {
            let path = e.path().unwrap_or(input).to_owned();
            Some(Err(Error::Read { path, source: e.into() }))
        }
    }))
}

/// A path with forward slashes on every system.
fn id(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

fn is_called_like_a_picture(name: &str) -> bool {
    let ending = Path::new(name).extension().map(|e| e.to_string_lossy().to_lowercase());
    ending.is_some_and(|e| ENDINGS.contains(&e.as_str()))
}

/// The bytes of a capture, read whole.
///
/// # Errors
/// [`Error::Read`] with the system's reason, [`Error::FileTooLarge`] beyond `max_bytes`.
pub fn read(given: &Given, max_bytes: u64) -> Result<Cow<'_, [u8]>> {
    if let Some(bytes) = &given.bytes {
        return Ok(Cow::Borrowed(bytes));
    }
    let path = &given.capture.path;
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
    Ok(Cow::Owned(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(inputs: &[PathBuf]) -> Vec<String> {
        let met = find(inputs, &Filter::default(), 1000);
        met.into_iter().map(|m| m.unwrap().id).collect()
    }

    fn file(path: PathBuf) -> Given {
        Given { capture: Capture { id: String::new(), path }, bytes: None }
    }

    #[test]
    fn a_folder_gives_its_pictures_in_order_and_a_file_is_taken_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("b")).unwrap();
        for name in ["z.JPG", "b/a.png", "notes.txt", ".hidden.jpg", "a.tif"] {
            std::fs::write(dir.path().join(name), b"x").unwrap();
        }
        assert_eq!(ids(&[dir.path().to_owned()]), ["a.tif", "b/a.png", "z.JPG"]);
        let outright = dir.path().join("notes.txt");
        assert_eq!(ids(std::slice::from_ref(&outright)), [outright.to_string_lossy()]);
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
        let capture = file(path);
        assert_eq!(read(&capture, 100).unwrap().len(), 100);
        assert!(matches!(read(&capture, 99), Err(Error::FileTooLarge { bytes: 100, .. })));
    }

    #[test]
    fn what_does_not_exist_is_an_error_when_it_is_read() {
        let capture = file("no/such/file.jpg".into());
        assert_eq!(ids(&["no/such/file.jpg".into()]), ["no/such/file.jpg"]);
        assert!(read(&capture, 1).unwrap_err().to_string().contains("no/such/file.jpg"));
    }
}
