//! Files made to do harm: each ends in a verdict or in one clear error with its path, nothing leaves the output
//! folder, and the rest of the batch is judged. What lies around the files (disk, permissions, ledger,
//! clock) is tried in surroundings.rs; docs/reliability.md lists all cases.

mod common;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output};

use common::fixture;
use common::program::{PROGRAM, photogate, run, str, text};
use image::{GrayImage, Luma};
use serde_json::Value;
use zip::write::SimpleFileOptions;

/// Verdict and error by the end of the id.
fn records(output: &Output) -> BTreeMap<String, (String, String)> {
    let said = text(&output.stdout);
    let mut all = BTreeMap::new();
    for line in said.lines() {
        let record: Value = serde_json::from_str(line).expect(line);
        let of = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
        let id = of("id");
        let name = id.rsplit('/').next().unwrap().to_owned();
        let error = of("error");
        if of("verdict") == "error" {
            assert!(error.contains(&of("path")), "the error names the path: {line}");
            assert!(!error.contains('\n'), "one line: {line}");
        }
        assert!(all.insert(name, (of("verdict"), error)).is_none(), "{id} twice");
    }
    all
}

fn capture() -> Vec<u8> {
    fs::read(fixture("captures/c01.jpg")).unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        out.start_file(*name, SimpleFileOptions::default()).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = GrayImage::from_pixel(width, height, Luma([255]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(kind);
    sum.update(body);
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&length, &kind[..], body, &sum.sum().to_be_bytes()].concat()
}

/// So many MB of nothing, packed.
fn zeros(megabytes: usize) -> Vec<u8> {
    let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let zeros = vec![0; 1 << 20];
    (0..megabytes).for_each(|_| out.write_all(&zeros).unwrap());
    out.finish().unwrap()
}

/// A small PNG with a chunk before its pixels.
fn png_with(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let plain = png(64, 80);
    // Signature and header: 8 + 25 bytes.
    [&plain[..33], &chunk(kind, body), &plain[33..]].concat()
}

/// A JPEG with a segment behind its first marker.
fn jpeg_with(marker: u8, body: &[u8]) -> Vec<u8> {
    let jpeg = capture();
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, body, &jpeg[2..]].concat()
}

/// One entry of a TIFF directory, little endian.
fn entry(tag: u16, kind: u16, count: u32, value: u32) -> Vec<u8> {
    [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()]
        .concat()
}

/// TIFF with one directory; its last number is where the next one is.
fn tiff(entries: &[Vec<u8>], next: u32) -> Vec<u8> {
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    [b"II\x2a\0\x08\0\0\0", &count[..], &entries.concat(), &next.to_le_bytes()].concat()
}

fn exif(tiff: &[u8]) -> Vec<u8> {
    [b"Exif\0\0", tiff].concat()
}

#[test]
fn bombs_cost_no_more_than_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    // Pixels that the header does not promise, and a header that promises none that are there.
    let header = |w: u32, h: u32| {
        chunk(b"IHDR", &[&w.to_be_bytes()[..], &h.to_be_bytes(), &[8, 0, 0, 0, 0]].concat())
    };
    let signature = b"\x89PNG\r\n\x1a\n";
    let long = zeros(300);
    let with = |w, h| {
        [&signature[..], &header(w, h), &chunk(b"IDAT", &long), &chunk(b"IEND", &[])].concat()
    };
    put("more_than_promised.png", &with(64, 80));
    put("vast.png", &with(100_000, 100_000));
    put("text.png", &png_with(b"zTXt", &[&b"k\0\0"[..], &long].concat()));
    put("profile.png", &png_with(b"iCCP", &[&b"k\0\0"[..], &long].concat()));
    // WebP, TIFF and BMP that claim more than there is.
    let mut webp = b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f".to_vec();
    webp.extend([0xff; 16]);
    put("vast.webp", &webp);
    let sides = [entry(256, 4, 1, 60_000), entry(257, 4, 1, 60_000), entry(258, 3, 1, 8)];
    let strips =
        [entry(259, 3, 1, 8), entry(262, 3, 1, 1), entry(273, 4, 1, 8), entry(279, 4, 1, u32::MAX)];
    put("vast.tif", &tiff(&[&sides[..], &strips].concat(), 0));
    let mut bmp = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    bmp.extend(
        [&i32::MAX.to_le_bytes()[..], &i32::MIN.to_le_bytes(), &[1, 0, 24, 0], &[0; 24]].concat(),
    );
    put("vast.bmp", &bmp);
    // Archives: one member that is a bomb, one bomb before the picture.
    put("member.zip", &zip(&[("bomb.jpg", &vec![0; 80 << 20]), ("small.jpg", &capture())]));
    let mut header = tar::Header::new_gnu();
    header.set_path("nothing.bin").unwrap();
    header.set_size(700 << 20);
    header.set_cksum();
    let zst = File::create(folder.path().join("bomb.tar.zst")).unwrap();
    let mut zst = zstd::Encoder::new(zst, 1).unwrap();
    zst.write_all(header.as_bytes()).unwrap();
    let nothing = vec![0; 1 << 20];
    (0..700).for_each(|_| zst.write_all(&nothing).unwrap());
    zst.finish().unwrap();
    put("good.jpg", &capture());

    let mut command = Command::new(PROGRAM);
    if cfg!(target_os = "linux") {
        // A GB over what the program takes by itself: what allocates by what a file claims is stopped.
        command = Command::new("sh");
        command.args(["-c", "ulimit -v 3000000; exec \"$0\" \"$@\"", PROGRAM]);
    }
    let args = ["check", str(folder.path()), "--format", "ndjson", "--workers", "1"];
    let done = run(command.args(args));
    let said = records(&done);
    assert_eq!(done.status.code(), Some(2), "{}", text(&done.stderr));
    assert_eq!(said["good.jpg"].0, "pass");
    assert_eq!(said["small.jpg"].0, "pass", "behind the bomb in the archive");
    for bomb in ["vast.png", "vast.webp", "vast.tif", "vast.bmp", "bomb.jpg", "bomb.tar.zst"] {
        assert_eq!(said[bomb].0, "error", "{bomb}");
    }
    assert!(said["vast.png"].1.contains("too many pixels"), "{}", said["vast.png"].1);
    assert!(said["bomb.jpg"].1.contains("inflates") && said["bomb.tar.zst"].1.contains("inflates"));
    // The pixels that were promised are there.
    assert_eq!(said["more_than_promised.png"].0, "fail", "nobody is on it");
    // What is only beside the pixels may be left unread.
    assert!(said.contains_key("text.png") && said.contains_key("profile.png"));
    assert_eq!(said.len(), 11);
}

#[test]
fn exif_that_loops_or_lies_is_read_around() {
    let folder = tempfile::tempdir().unwrap();
    let whole = u32::MAX;
    let loops = [
        ("next.jpg", tiff(&[entry(0x0112, 3, 1, 1)], 8)),
        ("itself.jpg", tiff(&[entry(0x8769, 4, 1, 8), entry(0x8825, 4, 1, 8)], 8)),
        ("beyond.jpg", tiff(&[entry(0x8769, 4, 1, whole), entry(0x0112, 3, 1, 1)], whole)),
        ("counts.jpg", tiff(&[entry(0x0112, 3, whole, 0), entry(0x011A, 5, whole, whole)], 0)),
        ("zero.jpg", tiff(&[entry(0x011A, 5, 1, 8), entry(0x0128, 3, 0, 0)], 0)),
        // As many entries as a segment holds.
        ("many.jpg", tiff(&vec![entry(0x8769, 4, 1, 8); 5400], 8)),
        ("short.jpg", b"II\x2a\0\x08\0\0\0\xff\xff".to_vec()),
        ("empty.jpg", Vec::new()),
    ];
    for (name, tiff) in &loops {
        fs::write(folder.path().join(name), jpeg_with(0xE1, &exif(tiff))).unwrap();
    }
    // A hundred segments of 64 KB before the first pixel.
    let mut many = capture();
    let segment = [&[0xFF, 0xE1, 0xFF, 0xFF][..], b"Exif\0\0", &vec![b'x'; 65_527]].concat();
    many.splice(2..2, segment.repeat(100));
    fs::write(folder.path().join("overlong.jpg"), many).unwrap();
    // A TIFF, and a RAW, whose directories go in circles.
    let circle = [
        entry(254, 4, 1, 0),
        entry(330, 4, 1, 8),
        entry(0x8769, 4, 1, 8),
        entry(271, 2, 4, 0x6e_6f_6b_69),
    ];
    fs::write(folder.path().join("circle.tif"), tiff(&circle, 8)).unwrap();
    fs::write(folder.path().join("circle.nef"), tiff(&circle, 8)).unwrap();

    let done = photogate(&["check", str(folder.path()), "--format", "ndjson"]);
    let said = records(&done);
    assert_eq!(said.len(), loops.len() + 3);
    for (name, (verdict, error)) in &said {
        // The pixels of the JPEGs are good: what stands beside them cannot take them away.
        let wanted = if name.starts_with("circle") { "error" } else { "pass" };
        assert_eq!(verdict, wanted, "{name}: {error}");
    }
}

#[test]
fn archives_in_archives_links_in_archives_and_odd_names_stay_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    fs::create_dir(&input).unwrap();
    let inner = zip(&[("hidden.jpg", &capture()), ("zip.zip", b"x")]);
    fs::write(input.join("nested.zip"), zip(&[("inner.zip", &inner), ("outer.jpg", &capture())]))
        .unwrap();
    // A link that leads out, and a file that would be written through it.
    let mut tar = tar::Builder::new(File::create(input.join("links.tar")).unwrap());
    for (name, to) in [("away", "/tmp"), ("self.jpg", "self.jpg"), ("passwd.jpg", "/etc/passwd")] {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        tar.append_link(&mut header, name, to).unwrap();
    }
    let bytes = capture();
    for name in ["away/through.jpg", "plain.jpg"] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, &bytes[..]).unwrap();
    }
    tar.into_inner().unwrap();
    // Names of Windows, in the encoding of the country, and with what a terminal would draw.
    let (gbk, ..) = encoding_rs::GB18030.encode("张三\u{1b}[2J.jpg");
    let mut tar = tar::Builder::new(File::create(input.join("names.tar")).unwrap());
    for name in [&gbk[..], b"a\\..\\..\\b.jpg", b"C:\\c.jpg", b"con.jpg", b"new\nline.jpg"] {
        let mut header = tar::Header::new_gnu();
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name);
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        tar.append(&header, &bytes[..]).unwrap();
    }
    tar.into_inner().unwrap();

    let out = folder.path().join("deep/er/out");
    let args = ["check", str(&input), "--standardise", str(&out), "--format", "ndjson"];
    let done = photogate(&args);
    let said = text(&done.stdout);
    let good = said.lines().filter(|l| l.contains("\"verdict\":\"pass\"")).count();
    // outer, through, plain, GBK, con, new line; two names lead out.
    assert_eq!((said.lines().count(), good), (8, 6), "{said}");
    let out_of_it = said.lines().filter(|l| l.contains("leads out of the archive")).count();
    assert_eq!(out_of_it, 2, "{said}");
    assert!(
        said.contains("张三") && !said.contains("hidden.jpg") && !said.contains("passwd"),
        "{said}"
    );
    // Everything that was written is in the folder, under a plain name.
    let names: Vec<String> = fs::read_dir(&out)
        .unwrap()
        .map(|e| e.unwrap())
        .inspect(|e| assert!(e.file_type().unwrap().is_file()))
        .map(|e| e.file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 12, "{names:?}");
    assert!(names.iter().all(|n| !n.contains(['\n', '\u{1b}', '\\', '/'])), "{names:?}");
    let beside: Vec<_> = fs::read_dir(folder.path().join("deep/er")).unwrap().collect();
    assert_eq!(beside.len(), 1, "{beside:?}");
}

#[cfg(unix)]
#[test]
fn names_cannot_draw_on_terminals_run_in_pages_or_compute_in_spreadsheets() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    fs::create_dir(&input).unwrap();
    let (gbk, ..) = encoding_rs::GB18030.encode("王五.jpg");
    let names: [&[u8]; 9] = [
        b"\x1b]0;title\x07\x1b[31mred.jpg",
        b"two\nlines.jpg",
        b"carriage\rreturn.jpg",
        b"=cmd|' c calc'!A0.jpg",
        b"@SUM(1+1).jpg",
        b"<script>alert(1)<\\script>.jpg",
        "\u{202e}gpj.exe.jpg".as_bytes(),
        "\u{9b}31mC1.jpg".as_bytes(),
        &gbk,
    ];
    for (i, name) in names.iter().enumerate() {
        let path = input.join(std::ffi::OsStr::from_bytes(name));
        // Half of them cannot be read: errors name files as well.
        let bytes = capture();
        fs::write(path, &bytes[..if i % 2 == 0 { bytes.len() } else { 5000 }]).unwrap();
    }
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (out, report, ledger, csv) = (at("out"), at("r.html"), at("l.sqlite"), at("all.csv"));
    let args =
        ["check", str(&input), "--standardise", &out, "--report", &report, "--ledger", &ledger];
    let done = photogate(&args);
    let missing = photogate(&["check", "no\u{1b}[2J/such\nfile.jpg", "--profile", "\u{1b}[2J"]);
    let history = photogate(&["history", "--ledger", &at("\u{1b}[2J")]);
    for said in [&done, &missing, &history].map(|o| text(&o.stdout) + &text(&o.stderr)) {
        let draws = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!said.contains(draws), "{said:?}");
        assert!(!said.contains("two\nlines") && !said.contains("such\nfile"), "{said}");
    }
    let ndjson = photogate(&["check", str(&input), "--ledger", &ledger, "--format", "ndjson"]);
    assert_eq!(text(&ndjson.stdout).lines().count(), names.len(), "a line is a record");
    let page = fs::read_to_string(&report).unwrap();
    assert!(
        !page.contains("<script>alert") && !page.contains('\u{202e}') && !page.contains('\u{1b}')
    );
    let export = photogate(&["export", "--ledger", &ledger, "--format", "csv", "--out", &csv]);
    assert_eq!(export.status.code(), Some(0), "{}", text(&export.stderr));
    let table = fs::read(&csv).unwrap();
    let mut rows = csv::Reader::from_reader(&table[3..]);
    let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), names.len());
    for cell in rows.iter().flatten() {
        let computes = cell.starts_with(['=', '+', '@', '\t', '\r']);
        assert!(!computes, "{cell:?}");
    }
    for entry in fs::read_dir(&out).unwrap() {
        let name = entry.unwrap().file_name();
        let plain = |c: char| !c.is_control() && !"<>:\"/\\|?*\u{202e}".contains(c);
        assert!(name.to_str().unwrap().chars().all(plain), "{name:?}");
    }
    let decisions = folder.path().join("decisions.csv");
    fs::write(&decisions, "file,verdict\n=cmd|' c calc'!A0.jpg,fail\n@SUM(1+1).jpg,pass\n")
        .unwrap();
    let eval =
        photogate(&["eval", str(&input), "--decisions", str(&decisions), "--out", &at("eval")]);
    assert_ne!(eval.status.code(), Some(101), "{}", text(&eval.stderr));
}

#[test]
fn sides_as_long_as_they_come_are_judged_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let sides =
        [(65_535, 1), (1, 65_535), (65_535, 300), (300, 65_535), (1, 1), (2, 3), (65_536, 9)];
    for (w, h) in sides {
        fs::write(folder.path().join(format!("{w}x{h}.png")), png(w, h)).unwrap();
    }
    // JPEG's longest side, and one line more than 200 million pixels.
    let mut jpeg = Vec::new();
    let line = GrayImage::from_pixel(65_500, 8, Luma([128]));
    image::codecs::jpeg::JpegEncoder::new(&mut jpeg).encode_image(&line).unwrap();
    fs::write(folder.path().join("65500x8.jpg"), &jpeg).unwrap();
    let frame = jpeg.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
    fs::write(folder.path().join("65535x65535.jpg"), &jpeg).unwrap();
    let out = folder.path().join("out");
    let (input, out) = (str(folder.path()), str(&out));
    let args = ["check", input, "--format", "ndjson", "--standardise", out, "--accept", "any"];
    let done = photogate(&args);
    let said = records(&done);
    assert_eq!(said.len(), sides.len() + 2, "{}", text(&done.stderr));
    for (name, (verdict, error)) in &said {
        if name == "65535x65535.jpg" {
            assert!(error.contains("too many pixels"), "{error}");
        } else {
            assert_eq!(verdict, "fail", "{name}, {error}: nobody is on it");
        }
    }
    assert_eq!(fs::read_dir(out).unwrap().count(), 0, "no standard file of nobody");
}

#[test]
fn profiles_with_impossible_numbers_and_endless_families_are_refused_with_their_path() {
    let folder = tempfile::tempdir().unwrap();
    let head = "name='x'\nextends='chsi-degree'\n";
    let frame =
        |what: &str| format!("{head}[frame]\nwidth=480\nheight=640\ndpi=300\nenlarge=1\n{what}");
    let mut profiles: Vec<(String, String)> = Vec::new();
    for number in ["nan", "inf", "-inf", "1e999", "'8'"] {
        for place in ["pass={max=N}", "pass={min=N}", "pass={max=1}\nreview={max=N}"] {
            let limit = place.replace('N', number);
            let name = format!("limit {number} {place}").replace(['/', '\n'], " ");
            profiles.push((name, format!("{head}[limits.yaw]\n{limit}\nclause='c'\n")));
        }
        profiles.push((format!("confidence {number}"), format!("{head}min_confidence={number}\n")));
        profiles.push((
            format!("enlarge {number}"),
            frame("").replace("enlarge=1", &format!("enlarge={number}")),
        ));
    }
    for (key, number) in [
        ("width=480", "width=0"),
        ("width=480", "width=-480"),
        ("width=480", "width=4294967296"),
        ("height=640", "height=1e3"),
        ("dpi=300", "dpi=0"),
        ("dpi=300", "dpi=-1"),
        ("enlarge=1", "enlarge=0"),
        ("enlarge=1", "enlarge=-1"),
    ] {
        profiles.push((number.to_owned(), frame("").replace(key, number)));
    }
    profiles.push(("confidence 2".to_owned(), format!("{head}min_confidence=2\n")));
    profiles.push(("confidence -1".to_owned(), format!("{head}min_confidence=-1\n")));
    profiles.push(("print".to_owned(), frame("print=[nan,48]\n")));
    profiles.push((
        "colour".to_owned(),
        format!("{head}[background]\ncolours=[[256,0,0]]\nreplace=true\n"),
    ));
    profiles.push(("deep".to_owned(), format!("a={}", "[".repeat(100_000))));
    profiles.push(("vast".to_owned(), format!("{head}# {}\n", "x".repeat(2 << 20))));
    profiles.push(("itself".to_owned(), "name='x'\nextends='itself.toml'\n".to_owned()));
    profiles.push(("away".to_owned(), "name='x'\nextends='/dev/zero'\n".to_owned()));
    profiles.push(("nowhere".to_owned(), "name='x'\nextends='no/such.toml'\n".to_owned()));
    for i in 0..100 {
        fs::write(
            folder.path().join(format!("n{i}.toml")),
            format!("name='n{i}'\nextends='n{}.toml'\n", i + 1),
        )
        .unwrap();
    }
    fs::write(folder.path().join("n100.toml"), "name='n100'\nextends='chsi-degree'\n").unwrap();
    for (name, text) in &profiles {
        fs::write(folder.path().join(format!("{name}.toml")), text).unwrap();
    }
    let names = profiles.iter().map(|p| &p.0[..]).chain(["n0"]);
    for name in names {
        let path: PathBuf = folder.path().join(format!("{name}.toml"));
        let shown = photogate(&["profiles", "show", str(&path)]);
        let said = text(&shown.stderr);
        assert_eq!(shown.status.code(), Some(64), "{name}: {said}");
        assert!(said.contains(str(folder.path())), "{name}: {said}");
        assert!(shown.stdout.is_empty() && said.len() < 5000, "{name}: {said}");
    }
}
