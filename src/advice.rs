//! What to say about a fault in terms of the profile: which backdrop, which top.
//!
//! A check knows no profile, so that its own instruction cannot name what is wanted. Here it is named, for
//! the checks of colours; of all others the instruction is the check's.

use image::Rgb;

use crate::check::{self, Check};
use crate::pixels::lab;
use crate::profile::Profile;
use crate::verdict::{Accept, Fault, Limit, Text, Words, text};

/// The instruction that mends this fault under this profile.
pub fn advice(check: &Check, fault: &Fault, limit: &Limit, profile: &Profile) -> Words {
    let named = match (check.id, &limit.accept) {
        ("background_colour", _) => profile.background.as_ref().map(|b| backdrop(&b.colours)),
        ("garment_colour", Accept::OneOf(accepted)) => Some(top(check.names, accepted)),
        _ => None,
    };
    named.unwrap_or_else(|| fault.advice.into())
}

/// In front of which backdrop to move.
fn backdrop(colours: &[[u8; 3]]) -> Words {
    let Words { zh, en } = either(colours.iter().map(|c| backdrop_name(Rgb(*c))));
    Words {
        zh: format!("背景要{zh}，请换到这样的背景前。"),
        en: format!("The backdrop must be {en}: please move in front of one."),
    }
}

/// Which top to change into: the accepted colours by name, or, where most are, the refused ones.
fn top(names: &[&str], accepted: &[String]) -> Words {
    let is_accepted = |name: &&str| accepted.iter().any(|a| a == name);
    let (yes, no): (Vec<&str>, Vec<&str>) = names.iter().copied().partition(is_accepted);
    if no.is_empty() || yes.len() <= no.len() {
        let Words { zh, en } = either(yes.into_iter().map(cloth_name));
        Words {
            zh: format!("请换一件{zh}的上衣。"),
            en: format!("Please change into a top in {en}."),
        }
    } else {
        let Words { zh, en } = either(no.into_iter().map(cloth_name));
        Words {
            zh: format!("上衣不能是{zh}，请换一件。"),
            en: format!("The top must not be {en}: please change it."),
        }
    }
}

/// Names as a choice: `white, grey or black`, each once.
fn either(names: impl Iterator<Item = Text>) -> Words {
    let mut once: Vec<Text> = Vec::new();
    for name in names {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    let joined = |of: fn(&Text) -> &'static str, comma: &str, or: &str| {
        let words: Vec<&str> = once.iter().map(of).collect();
        match words.split_last() {
            Some((last, before)) if !before.is_empty() => {
                format!("{}{or}{last}", before.join(comma))
            }
            _ => words.concat(),
        }
    };
    Words { zh: joined(|t| t.zh, "、", "或"), en: joined(|t| t.en, ", ", " or ") }
}

/// What a photographer calls a backdrop of this colour.
fn backdrop_name(colour: Rgb<u8>) -> Text {
    let seen = lab(colour);
    match check::colour_name(seen) {
        // A cloth is called white from L* 78 on; of backdrops that light one is light grey, 99号's of
        // 240,240,240 with L* 95 too.
        "white" | "grey" if seen.l >= 97.0 => text("白色", "white"),
        "white" => text("浅灰色", "light grey"),
        "grey" if seen.l >= 70.0 => text("浅灰色", "light grey"),
        "beige" if seen.l >= 85.0 => text("米白色", "cream"),
        name => cloth_name(name),
    }
}

/// What a name of `garment_colour` is called.
fn cloth_name(name: &str) -> Text {
    match name {
        "white" => text("白色", "white"),
        "grey" => text("灰色", "grey"),
        "black" => text("黑色", "black"),
        "red" => text("红色", "red"),
        "pink" => text("粉色", "pink"),
        "orange" => text("橙色", "orange"),
        "brown" => text("棕色", "brown"),
        "beige" => text("米色", "beige"),
        "yellow" => text("黄色", "yellow"),
        "green" => text("绿色", "green"),
        "cyan" => text("青色", "cyan"),
        "light_blue" => text("浅蓝色", "light blue"),
        "blue" => text("蓝色", "blue"),
        "navy" => text("藏青色", "navy"),
        "purple" => text("紫色", "purple"),
        "multi" => text("杂色", "mixed colours"),
        _ => text("其他颜色", "another colour"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile;

    fn said(profile: &str, check: &str) -> Words {
        let profile = Profile::load(profile).unwrap();
        let check = check::find(check).unwrap();
        advice(check, &check.high, &profile.capture[check.id], &profile)
    }

    #[test]
    fn the_backdrop_that_the_profile_wants_is_named() {
        let white = said("us-visa", "background_colour");
        assert_eq!(white.zh, "背景要白色，请换到这样的背景前。");
        assert_eq!(white.en, "The backdrop must be white: please move in front of one.");
        let blue = said("ncre", "background_colour");
        assert!(blue.zh.contains("浅蓝色") && blue.en.contains("be light blue:"), "{blue:?}");
        let three = said("chsi-degree", "background_colour");
        assert!(three.zh.contains("浅蓝色、白色或浅灰色"), "{three:?}");
        assert!(three.en.contains("light blue, white or light grey"), "{three:?}");
    }

    #[test]
    fn no_profile_asks_for_a_backdrop_that_it_does_not_take() {
        for (name, _) in profile::BUILT_IN {
            let said = said(name, "background_colour");
            let blue = Profile::load(name).unwrap().background.unwrap().colours;
            let blue = blue.contains(&[100, 197, 255]);
            assert_eq!((said.zh.contains('蓝'), said.en.contains("blue")), (blue, blue), "{name}");
        }
    }

    #[test]
    fn backdrops_have_the_names_that_photographers_use() {
        for (rgb, wanted) in [
            ([255, 255, 255], "white"),
            ([250, 249, 246], "white"),
            ([240, 240, 240], "light grey"),
            ([200, 200, 200], "light grey"),
            ([128, 128, 128], "grey"),
            ([255, 253, 208], "cream"),
            ([100, 197, 255], "light blue"),
            ([67, 142, 219], "blue"),
            ([200, 20, 30], "red"),
        ] {
            assert_eq!(backdrop_name(Rgb(rgb)).en, wanted, "{rgb:?}");
        }
    }

    #[test]
    fn of_tops_the_shorter_list_is_said() {
        let id_card = said("cn-id-card", "garment_colour");
        assert_eq!(id_card.zh, "上衣不能是白色，请换一件。");
        assert_eq!(id_card.en, "The top must not be white: please change it.");
        let shirt = said("chsi-white-shirt", "garment_colour");
        assert_eq!(shirt.zh, "请换一件白色的上衣。");
        assert_eq!(shirt.en, "Please change into a top in white.");
        let no_blue = said("chsi-no-glasses", "garment_colour");
        assert!(no_blue.en.contains("cyan, light blue or blue"), "{no_blue:?}");
    }

    #[test]
    fn every_name_of_a_garment_s_colour_has_words() {
        for name in check::find("garment_colour").unwrap().names {
            assert_ne!(cloth_name(name).en, "another colour", "{name}");
        }
    }

    #[test]
    fn any_other_check_says_its_own() {
        let check = check::find("yaw").unwrap();
        assert_eq!(said("us-visa", "yaw"), check.high.advice.into());
    }
}
