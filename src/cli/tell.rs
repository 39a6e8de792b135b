//! Commands that tell: `explain`, `profiles`, `doctor`.

use super::print;
use crate::check::{self, Check, Measure};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model;
use crate::profile::{self, Profile, Stage};
use crate::report::terminal::{Language, say};
use crate::verdict::{Fault, Text, Words, text};

/// List the checks, or explain one.
pub(super) fn explain(id: Option<&str>, language: Language) -> Result<u8> {
    let Some(id) = id else { return print(&list(language)) };
    let Some(check) = check::find(id) else {
        return Err(Error::Usage {
            reason: format!("there is no check called `{id}`; `photogate explain` lists them"),
        });
    };
    print(&explanation(check, language))
}

fn list(language: Language) -> String {
    let width = check::ALL.iter().map(|c| c.id.len()).max().unwrap_or(0);
    let lines = check::ALL.iter().map(|c| format!("{:width$}  {}", c.id, say(c.title, language)));
    let more = text(
        "某一项的详细说明：photogate explain CHECK",
        "photogate explain CHECK tells more of one.",
    );
    format!("{}\n\n{}", lines.collect::<Vec<_>>().join("\n"), each(more, language).join("\n"))
}

fn explanation(check: &Check, language: Language) -> String {
    let title = say(check.title, language);
    let mut said = match language {
        Language::Zh => format!("{}：{title}\n\n", check.id),
        Language::Both | Language::En => format!("{}: {title}\n\n", check.id),
    };
    for (label, what) in [
        (text("测量", "measures"), check.method.into()),
        (text("单位", "unit"), unit(check).into()),
        (text("条件", "needs"), needs(check)),
        (text("判定", "may"), may(check).into()),
        (text("依据", "clause"), text(check.clause, check.clause).into()),
    ] {
        said += &row(label, what, language);
    }
    for (when, fault) in faults(check) {
        let heading = say(when, language);
        let colon = if language == Language::Zh { "：" } else { ": " };
        said += &format!("\n{heading}{colon}{}\n", fault.code);
        said += &row(text("原因", "reason"), fault.reason, language);
        said += &row(text("建议", "advice"), fault.advice, language);
    }
    for note in notes(check) {
        said += &format!("\n{}", each(note, language).join("\n"));
    }
    said
}

/// What is said under a label; both languages stand below each other.
fn row(label: Text, what: impl Into<Words>, language: Language) -> String {
    // The Chinese labels are two characters long, which are four columns.
    let (label, columns) = match language {
        Language::Both => (format!("{} {:8}", label.zh, label.en), 13),
        Language::Zh => (label.zh.to_owned(), 4),
        Language::En => (format!("{:8}", label.en), 8),
    };
    let next = format!("\n{:columns$}  ", "");
    format!("{label}  {}\n", each(what, language).join(&next))
}

/// A text in each language that is wanted; once where it is the same in both.
fn each(text: impl Into<Words>, language: Language) -> Vec<String> {
    let Words { zh, en } = text.into();
    match language {
        Language::Both if zh != en => vec![zh, en],
        Language::Both | Language::Zh => vec![zh],
        Language::En => vec![en],
    }
}

fn unit(check: &Check) -> Text {
    match check.unit {
        "" if check.names.is_empty() => text("无", "none"),
        "" => text("无（结果是名称，不是数值）", "none (a name, not a number)"),
        "octaves" => text("octaves（以 2 为底的对数）", "octaves (logarithm to base 2)"),
        "heights" => text("heights（字符高度的倍数）", "heights (of the characters)"),
        "face widths" => text("face widths（脸宽的倍数）", "face widths (multiples of that width)"),
        unit => text(unit, unit),
    }
}

fn needs(check: &Check) -> Words {
    let needs = match check.measure {
        Measure::Scene(_) => text("任意照片", "any picture"),
        Measure::Portrait(_) => text("只有一张人脸的照片", "a picture with exactly one face"),
        Measure::Target(_) => text(
            "只有一张人脸的照片，以及规格的要求",
            "a picture with exactly one face, and what the profile asks for",
        ),
        Measure::Framed(_) => text(
            "只有一张人脸的照片，以及规格规定的成品尺寸",
            "a picture with exactly one face, and the profile's frame",
        ),
        Measure::NotYet(reason) => {
            return Words {
                zh: format!("尚不具备：{}", reason.zh),
                en: format!("more than there is yet: {}", reason.en),
            };
        }
    };
    needs.into()
}

fn may(check: &Check) -> Text {
    match check.measure {
        Measure::NotYet(_) => {
            text("规格列为必查时，交人工查看", "ask a person, where a profile requires it")
        }
        _ if check.suspicion => {
            text("只交人工复核，从不判为不合格", "ask a person, never fail a picture")
        }
        _ => text("可判为不合格", "fail a picture"),
    }
}

/// The sides of a check on which something is wrong, and how they are called.
fn faults(check: &Check) -> Vec<(Text, Fault)> {
    if check.low == check.high {
        return vec![(text("不符合要求", "otherwise"), check.high)];
    }
    let sides = [
        (text("低于合格范围", "below the pass band"), check.low),
        (text("高于合格范围", "above the pass band"), check.high),
    ];
    sides.into_iter().filter(|(_, side)| !check::is_good(side)).collect()
}

/// What the lines above take for known.
fn notes(check: &Check) -> Vec<Text> {
    let limits = text(
        "限值写在规格里：photogate profiles show NAME",
        "Limits stand in the profiles: photogate profiles show NAME",
    );
    let specification = text(
        "99号：教毕指〔2017〕99号《高等教育学历证书电子注册图像采集规范及信息标准》",
        "99号 (no. 99): 教毕指〔2017〕99号, China's specification of degree photos",
    );
    let named = check.clause.contains("99号");
    named.then_some(specification).into_iter().chain([limits]).collect()
}

/// List the profiles.
pub(super) fn profiles() -> Result<u8> {
    let mut lines = Vec::new();
    for (name, _) in profile::BUILT_IN {
        let p = Profile::load(name)?;
        let frame = p.frame.map_or_else(String::new, |f| {
            format!("  {} x {} px, {} dpi", f.width, f.height, f.dpi)
        });
        lines.push(format!("{name}{frame}\n  {} {}\n  {}", p.title.0, p.title.1, p.source));
    }
    print(&format!("{}\n\nphotogate profiles show NAME prints one.", lines.join("\n")))
}

/// Report engine and models, and what would make them faster.
pub(super) fn doctor(engine: &'static Engine) -> Result<u8> {
    let mut lines = vec![format!("photogate {}", crate::PROGRAM)];
    lines.push(format!("engine     {} {}", engine.name, engine.version));
    if let Some(path) = &engine.library {
        lines.push(format!("library    {}", path.display()));
    }
    for (path, reason) in &engine.passed_over {
        lines.push(format!("passed by  {}: {reason}", path.display()));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    lines.push(format!("workers    {cores} (one per processor core)"));
    for m in model::SHIPPED {
        lines.push(format!("\nmodel      {}\n  {}", m.name, m.shapes));
        lines.push(format!("  sha256 {}", m.sha256()));
        lines.push(format!(
            "  {:.2} MB, {:.0} million multiply-adds",
            m.onnx.len() as f64 / 1e6,
            m.mega_macs
        ));
        lines.push(format!(
            "  {:.1} ms a run, one thread, median of 9",
            model::milliseconds(m, engine)?
        ));
    }
    let advice = if engine.name == "tract" {
        "The embedded engine runs. ONNX Runtime 1.24 or newer is several times faster:\n\
         `pip install onnxruntime`, or give its library with --onnxruntime or ORT_DYLIB_PATH."
    } else {
        "ONNX Runtime runs: nothing here would make the models faster."
    };
    lines.push(format!("\n{advice}"));
    print(&lines.join("\n"))
}

/// Print a resolved profile.
pub(super) fn profile(name: &str, stage: Stage, sets: &[profile::Set]) -> Result<u8> {
    let profile = profile::with(Profile::load(name)?, stage, sets)?;
    let mut about = format!("# {} {}\n", profile.title.0, profile.title.1);
    if !profile.parents.is_empty() {
        about += &format!("# with what it takes from {}\n", profile.parents.join(", "));
    }
    print(&format!(
        "{about}# sha256 {}\n\n{}",
        profile.sha256,
        profile::to_toml(&profile).trim_end()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_explained_in_the_languages_asked_for_with_its_faults_alone() {
        for check in check::ALL {
            let [zh, en, both] = [Language::Zh, Language::En, Language::Both]
                .map(|language| explanation(check, language));
            assert!(zh.contains(check.method.zh) && !zh.contains(check.method.en), "{zh}");
            assert!(en.contains(check.method.en) && !en.contains(check.method.zh), "{en}");
            for side in [check.low, check.high] {
                let told = [side.advice.zh, side.advice.en].map(|advice| both.contains(advice));
                assert_eq!(told, [!check::is_good(&side); 2], "{both}");
            }
        }
    }

    #[test]
    fn what_is_the_same_in_both_languages_is_said_once() {
        let lang = Language::Both;
        assert_eq!(row(text("单位", "unit"), text("%", "%"), lang), "单位 unit      %\n");
        let two = row(text("原因", "reason"), text("闭眼", "eyes closed"), lang);
        assert_eq!(two, "原因 reason    闭眼\n               eyes closed\n");
    }
}
