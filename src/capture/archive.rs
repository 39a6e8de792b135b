//! Pictures inside archives, read in place and one at a time: nothing is unpacked to disk.
//!
//! An archive may come from anywhere. A name that leads out of it is refused, a member is never read
//! beyond the limit for files, and one that inflates like no picture does ends the archive.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Component, Path};

use encoding_rs::GB18030;

use super::{Capture, Filter, Given, Met, Take, is_called_like_a_picture};
use crate::error::{Error, Result, panic_said};

/// What is packed may become so many times its size...
const RATIO: u64 = 100;

/// ... beyond this many bytes, before it is taken for a bomb. Pictures hardly compress, deflate reaches 1000.
const FREE: u64 = 256 << 20;

/// ... and a single member beyond this many, since members are held in memory, several at a time: a bitmap
/// of 20 megapixels.
const LARGE: u64 = 64 << 20;

/// Most members of one archive.
const MOST: usize = 1_000_000;

/// What an archive is, by its ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Zip,
    Tar,
    TarGz,
    TarZst,
}

impl Kind {
    /// Of a file's name; none for anything else.
    pub(super) fn of(path: &Path) -> Option<Kind> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let kinds = [
            (".zip", Kind::Zip),
            (".tar", Kind::Tar),
            (".tar.gz", Kind::TarGz),
            (".tgz", Kind::TarGz),
            (".tar.zst", Kind::TarZst),
            (".tzst", Kind::TarZst),
        ];
        kinds.into_iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, kind)| kind)
    }
}

/// Hand on every picture of an archive, in its own order; what is wrong with it takes its place.
pub(super) fn walk(
    archive: &Capture,
    kind: Kind,
    filter: &Filter,
    limit: u64,
    take: Take,
) -> ControlFlow<()> {
    let members = Members { archive, filter, limit };
    guarded(&members, take, |take| match kind {
        Kind::Zip => members.zip(take),
        Kind::Tar => members.tar(|file| Ok(Box::new(file)), take),
        Kind::TarGz => {
            members.tar(|file| Ok(Box::new(flate2::read::MultiGzDecoder::new(file))), take)
        }
        Kind::TarZst => members.tar(|file| Ok(Box::new(zstd::Decoder::with_buffer(file)?)), take),
    })
}

/// Walk, with an error in the place of what a library cannot bear.
fn guarded(members: &Members, take: Take, walk: impl FnOnce(Take) -> Walked) -> ControlFlow<()> {
    let taking = Cell::new(false);
    let mut given = |met: Met| {
        taking.set(true);
        let flow = take(met);
        taking.set(false);
        flow
    };
    let walked = catch_unwind(AssertUnwindSafe(|| walk(&mut given)));
    let walked = walked.unwrap_or_else(|panic| {
        // A panic of whoever takes is none of the archive's.
        if taking.get() {
            resume_unwind(panic);
        }
        Err(members.broken(format!("it cannot be read: {}", panic_said(&*panic))))
    });
    // What ended the archive is one error; the pictures before it have been given.
    walked.unwrap_or_else(|e| take(Err(e)))
}

/// An archive that is being read.
struct Members<'a> {
    archive: &'a Capture,
    filter: &'a Filter,
    limit: u64,
}

type Walked = Result<ControlFlow<()>>;
type Unpack = fn(BufReader<File>) -> io::Result<Box<dyn Read>>;

impl Members<'_> {
    fn zip(&self, take: Take) -> Walked {
        let refuse = |e: zip::result::ZipError| self.broken(e.to_string());
        let mut zip = zip::ZipArchive::new(BufReader::new(self.open()?)).map_err(refuse)?;
        if zip.len() > MOST {
            return Err(self.broken(format!("{} members, the limit is {MOST}", zip.len())));
        }
        for i in 0..zip.len() {
            let given = match zip.by_index(i) {
                Ok(member) if member.is_dir() => continue,
                Ok(member) => {
                    let name = text(member.name_raw());
                    let Some(capture) = self.member(&name) else { continue };
                    let (size, packed) = (member.size(), member.compressed_size());
                    let left = LARGE.max(packed.saturating_mul(RATIO));
                    let member = Metered { inner: member, left };
                    capture.and_then(|capture| self.read(capture, size, member))
                }
                // Such as one that is encrypted.
                Err(e) => Err(self.lost(&format!("member {}", i + 1), e.to_string())),
            };
            if take(given).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn tar(&self, unpack: Unpack, take: Take) -> Walked {
        let refuse = |e: io::Error| self.broken(e.to_string());
        let file = self.open()?;
        let packed = file.metadata().map_err(refuse)?.len();
        let most = FREE.max(packed.saturating_mul(RATIO));
        let unpacked = unpack(BufReader::new(file)).map_err(refuse)?;
        let unpacked = Metered { inner: unpacked, left: most };
        let mut tar = tar::Archive::new(unpacked);
        for (i, entry) in tar.entries().map_err(refuse)?.enumerate() {
            let entry = entry.map_err(refuse)?;
            if i >= MOST {
                return Err(self.broken(format!("more than {MOST} members")));
            }
            // Links could lead anywhere, and hold no picture themselves.
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let name = text(&entry.path_bytes());
            let Some(capture) = self.member(&name) else { continue };
            let size = entry.size();
            let given = capture.and_then(|capture| self.read(capture, size, entry));
            if take(given).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn open(&self) -> Result<File> {
        let path = &self.archive.path;
        File::open(path).map_err(|source| Error::Read { path: path.clone(), source })
    }

    fn broken(&self, reason: String) -> Error {
        Error::Archive { path: self.archive.path.clone(), reason }
    }

    /// The error of one member: its place is its own, so that each is told apart from the others.
    fn lost(&self, member: &str, reason: String) -> Error {
        let mut path = self.archive.path.clone().into_os_string();
        path.push("/");
        path.push(member);
        Error::Archive { path: path.into(), reason }
    }

    /// The capture of a member that is called like a picture and wanted; none for the others.
    fn member(&self, name: &str) -> Option<Result<Capture>> {
        let name = name.replace('\\', "/");
        let path = Path::new(&name);
        let hidden = |c: Component| matches!(c, Component::Normal(c) if c.to_string_lossy().starts_with('.') || c == "__MACOSX");
        let id = format!("{}/{name}", self.archive.id);
        if !is_called_like_a_picture(&name)
            || path.components().any(hidden)
            || !self.filter.takes(&id)
        {
            return None;
        }
        let inside =
            path.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
        // A drive letter is a plain name elsewhere than on Windows.
        if !inside || name.contains(':') {
            let name = name.escape_debug().to_string();
            return Some(Err(self.lost(&name, "the name leads out of the archive".to_owned())));
        }
        Some(Ok(Capture { id, path: self.archive.path.join(path) }))
    }

    fn read(&self, capture: Capture, told: u64, member: impl Read) -> Result<Given> {
        let path = capture.path.clone();
        let mut bytes = Vec::new();
        if told <= self.limit {
            let read = member.take(self.limit + 1).read_to_end(&mut bytes);
            read.map_err(|source| Error::Read { path: path.clone(), source })?;
        }
        let size = told.max(bytes.len() as u64);
        if size > self.limit {
            return Err(Error::FileTooLarge { path, bytes: size, limit: self.limit });
        }
        Ok(Given { capture, bytes: Some(bytes) })
    }
}

/// A name as people wrote it: UTF-8, or what Windows in China puts into archives.
fn text(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(name) => name.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(name).0.into_owned(),
    }
}

/// Ends with an error where more comes out than may.
struct Metered<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(into)?;
        self.left = self.left.checked_sub(got as u64).ok_or_else(|| {
            io::Error::other("it inflates to far more than pictures do, and is not read further")
        })?;
        Ok(got)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    fn zip(members: &[(&str, &[u8])], path: &Path) {
        let mut out = zip::ZipWriter::new(File::create(path).unwrap());
        for (name, bytes) in members {
            out.start_file(*name, SimpleFileOptions::default()).unwrap();
            out.write_all(bytes).unwrap();
        }
        out.finish().unwrap();
    }

    fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = tar::Builder::new(Vec::new());
        for (name, bytes) in members {
            let mut header = tar::Header::new_gnu();
            // Past the writer's own guard, as a hostile archive would be made.
            header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(bytes.len() as u64);
            header.set_cksum();
            out.append(&header, *bytes).unwrap();
        }
        out.into_inner().unwrap()
    }

    fn met(path: &Path, limit: u64) -> Vec<std::result::Result<(String, Vec<u8>), String>> {
        let mut all = Vec::new();
        let archive = Capture { id: "in".to_owned(), path: path.to_owned() };
        let kind = Kind::of(path).unwrap();
        let _ = walk(&archive, kind, &Filter::default(), limit, &mut |met| {
            let named = met.map(|g| (g.capture.id, g.bytes.unwrap()));
            all.push(named.map_err(|e| e.to_string()));
            ControlFlow::Continue(())
        });
        all
    }

    const MEMBERS: &[(&str, &[u8])] = &[
        ("a/1.jpg", b"one"),
        ("notes.txt", b"no"),
        ("__MACOSX/a/._1.jpg", b"no"),
        (".hidden.jpg", b"no"),
        ("../out.jpg", b"no"),
        ("/etc/out.jpg", b"no"),
        ("b.PNG", b"two"),
    ];

    #[test]
    fn every_kind_gives_its_pictures_and_refuses_names_that_lead_out() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        zip(MEMBERS, &path("a.zip"));
        let plain = tar(MEMBERS);
        std::fs::write(path("a.tar"), &plain).unwrap();
        let gz = File::create(path("a.tgz")).unwrap();
        let mut gz = flate2::write::GzEncoder::new(gz, flate2::Compression::fast());
        gz.write_all(&plain).unwrap();
        gz.finish().unwrap();
        std::fs::write(path("a.tar.zst"), zstd::encode_all(&plain[..], 1).unwrap()).unwrap();
        for name in ["a.zip", "a.tar", "a.tgz", "a.tar.zst"] {
            let met = met(&path(name), 100);
            assert_eq!(met.len(), 4, "{name}: {met:?}");
            assert_eq!(met[0], Ok(("in/a/1.jpg".to_owned(), b"one".to_vec())), "{name}");
            for said in &met[1..3] {
                assert!(said.as_ref().unwrap_err().contains("leads out"), "{name}: {said:?}");
            }
            assert_eq!(met[3], Ok(("in/b.PNG".to_owned(), b"two".to_vec())), "{name}");
        }
    }

    #[test]
    fn what_inflates_beyond_the_limits_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let zeros = vec![0; 1 << 20];
        zip(&[("big.jpg", &zeros), ("small.jpg", b"x")], &path("a.zip"));
        let said = met(&path("a.zip"), 1000);
        assert!(said[0].as_ref().unwrap_err().contains("1048576 bytes"), "{said:?}");
        assert!(said[1].is_ok());
        // 400 MB of nothing in a file of 400 KB, before the picture.
        let gz = File::create(path("bomb.tar.gz")).unwrap();
        let mut gz = flate2::write::GzEncoder::new(gz, flate2::Compression::best());
        let mut header = tar::Header::new_gnu();
        header.set_path("nothing.bin").unwrap();
        header.set_size(400 << 20);
        header.set_cksum();
        gz.write_all(header.as_bytes()).unwrap();
        (0..400).for_each(|_| gz.write_all(&zeros).unwrap());
        gz.write_all(&tar(&[("late.jpg", b"x")])).unwrap();
        gz.finish().unwrap();
        let said = met(&path("bomb.tar.gz"), 1000);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].as_ref().unwrap_err().contains("inflates"), "{said:?}");
    }

    #[test]
    fn a_panic_of_a_library_is_one_error_and_what_was_met_before_stays() {
        let archive = Capture { id: "in".to_owned(), path: "in.zip".into() };
        let members = Members { archive: &archive, filter: &Filter::default(), limit: 1 };
        let mut met = Vec::new();
        let mut take = |one: Met| {
            met.push(one.map(|g| g.capture.id).map_err(|e| e.to_string()));
            ControlFlow::Continue(())
        };
        let flow = guarded(&members, &mut take, |take| {
            let _ = take(Ok(Given { capture: archive.clone(), bytes: None }));
            panic!("index out of bounds");
        });
        assert!(flow.is_continue());
        let wanted = "in.zip: archive: it cannot be read: index out of bounds".to_owned();
        assert_eq!(met, [Ok("in".to_owned()), Err(wanted)]);
        // Who takes may fail as well, and is not told that the archive is broken.
        let failed = catch_unwind(|| {
            guarded(&members, &mut |_| panic!("mine"), |take| {
                Ok(take(Err(members.broken(String::new()))))
            })
        });
        assert_eq!(panic_said(&*failed.unwrap_err()), "mine");
    }

    #[test]
    fn a_member_that_inflates_like_no_picture_is_not_read_to_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let zeros = vec![0; 65 << 20];
        zip(&[("bomb.jpg", &zeros), ("small.jpg", b"x")], &dir.path().join("a.zip"));
        let said = met(&dir.path().join("a.zip"), 1 << 30);
        assert!(said[0].as_ref().unwrap_err().contains("inflates"), "{said:?}");
        assert_eq!(said[1], Ok(("in/small.jpg".to_owned(), b"x".to_vec())));
    }

    #[test]
    fn a_broken_archive_is_one_error_with_its_path() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a.zip", "a.tar", "a.tgz", "a.tar.zst"] {
            let path = dir.path().join(name);
            std::fs::write(&path, vec![7; 3000]).unwrap();
            let said = met(&path, 1000);
            assert_eq!(said.len(), 1, "{name}: {said:?}");
            assert!(said[0].as_ref().unwrap_err().contains(name), "{said:?}");
        }
        let said = met(&dir.path().join("gone.zip"), 1000);
        assert!(said[0].as_ref().unwrap_err().contains("gone.zip"));
    }

    #[test]
    fn names_written_in_china_are_read() {
        let (gbk, ..) = GB18030.encode("张三/证件照.jpg");
        assert_eq!(text(&gbk), "张三/证件照.jpg");
        assert_eq!(text("张三.jpg".as_bytes()), "张三.jpg");
    }
}
