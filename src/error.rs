//! Everything that can go wrong, as one enum.
//!
//! Each message is one line that names the file and the reason, so that a
//! batch over ten thousand photos can print it as it is.

use std::path::{Path, PathBuf};

/// A failure of input, output, decoding or inference.
///
/// A photo that decodes but breaks the specification is never an `Error`: that
/// is a finding, and is judged elsewhere.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused to give us the bytes.
    #[error("{}: could not be read: {source}", path.display())]
    Read {
        /// The file that was asked for.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },

    /// The file is larger than a photo may be, and was not read at all.
    #[error("{}: file too large: {bytes} bytes, the limit is {limit}", path.display())]
    FileTooLarge {
        /// The file that was asked for.
        path: PathBuf,
        /// Size of the file, bytes.
        bytes: u64,
        /// [`crate::photo::Limits::max_file_bytes`].
        limit: u64,
    },

    /// The file has no bytes.
    #[error("{}: the file is empty", path.display())]
    Empty {
        /// The file that was asked for.
        path: PathBuf,
    },

    /// The content is not a picture in any format we recognise.
    #[error("{}: not an image: {looks_like}", path.display())]
    NotAnImage {
        /// The file that was asked for.
        path: PathBuf,
        /// What the content looks like instead, e.g. "the content is a PDF document".
        looks_like: &'static str,
    },

    /// A picture, but of a format or variant that is not decoded.
    #[error("{}: not supported: {what}", path.display())]
    Unsupported {
        /// The file that was asked for.
        path: PathBuf,
        /// The format or variant, e.g. "HEIC image" or "lossless JPEG".
        what: String,
    },

    /// A picture of a supported format whose data are damaged or cut short.
    #[error("{}: damaged {format} file: {reason}", path.display())]
    Corrupt {
        /// The file that was asked for.
        path: PathBuf,
        /// Name of the format, e.g. "JPEG".
        format: &'static str,
        /// What is wrong, in the decoder's words where it has some.
        reason: String,
    },

    /// An archive that cannot be read, or not to its end.
    #[error("{}: archive: {reason}", path.display())]
    Archive {
        /// The archive.
        path: PathBuf,
        /// What is wrong, in the reader's words where it has some.
        reason: String,
    },

    /// The header claims more pixels than may be allocated. Nothing was.
    #[error("{}: too many pixels: {width} x {height}, the limit is {limit} pixels in all", path.display())]
    TooManyPixels {
        /// The file that was asked for.
        path: PathBuf,
        /// Width claimed by the header, pixels.
        width: u64,
        /// Height claimed by the header, pixels.
        height: u64,
        /// [`crate::photo::Limits::max_pixels`].
        limit: u64,
    },

    /// A result could not be written.
    #[error("{}: could not be written: {source}", path.display())]
    Write {
        /// The file or stream.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },

    /// A file that was to go could not be removed.
    #[error("{}: could not be removed: {source}", path.display())]
    Remove {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },

    /// The inference engine could not be started.
    #[error("inference engine: {reason}")]
    Engine {
        /// What went wrong.
        reason: String,
    },

    /// A standard picture could not be made.
    #[error("{reason}")]
    Standard {
        /// What stands against it.
        reason: String,
    },

    /// A model could not be loaded or run.
    #[error("model {name}: {reason}")]
    Model {
        /// Name of the model.
        name: &'static str,
        /// The runtime's words.
        reason: String,
    },

    /// A profile that does not exist or is not valid.
    #[error("profile {profile}: {reason}")]
    Profile {
        /// Its name or path, as given.
        profile: String,
        /// What is wrong with it.
        reason: String,
    },

    /// A file of decisions that cannot be used.
    #[error("{}: {reason}", path.display())]
    Decisions {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, with the line.
        reason: String,
    },

    /// A list of subjects that cannot be used.
    #[error("{}: {reason}", path.display())]
    Subjects {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, with the line.
        reason: String,
    },

    /// A ledger that cannot be used.
    #[error("{}: {reason}", path.display())]
    Ledger {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// The command cannot mean anything.
    #[error("{reason}")]
    Usage {
        /// What is wrong.
        reason: String,
    },
}

impl Error {
    /// The file that the error is about, where it is about one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Error::Read { path, .. }
            | Error::FileTooLarge { path, .. }
            | Error::Empty { path }
            | Error::NotAnImage { path, .. }
            | Error::Unsupported { path, .. }
            | Error::Corrupt { path, .. }
            | Error::Archive { path, .. }
            | Error::TooManyPixels { path, .. }
            | Error::Write { path, .. }
            | Error::Remove { path, .. }
            | Error::Decisions { path, .. }
            | Error::Subjects { path, .. }
            | Error::Ledger { path, .. } => Some(path),
            Error::Engine { .. }
            | Error::Standard { .. }
            | Error::Model { .. }
            | Error::Profile { .. }
            | Error::Usage { .. } => None,
        }
    }
}

/// What a panic that was caught said.
pub fn panic_said(panic: &(dyn std::any::Any + Send)) -> &str {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}

/// [`std::result::Result`] with our [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
