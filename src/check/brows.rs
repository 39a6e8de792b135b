//! Whether hair hides the brows.

use super::{Check, Measure, chance, fault, good, text};
use crate::face::{CHIP_EYES, part};
use crate::model::attributes::region;
use crate::scene::Portrait;
use crate::verdict::{Measured, Unreadable};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "brows",
    title: text("眉毛露出", "Brows"),
    unit: "%",
    names: &[],
    clause: "99号: 头发不遮眉 (hair off the brows); rejected as 头发遮挡眉毛",
    method: text(
        "至少一侧眉毛被头发或头饰部分遮住的概率，由属性网络给出；如果眉毛的宽度中，从额头直到眉毛下缘都是头发颜色的部分所占的比例更大，则取这个比例：刘海很厚时，属性网络根本看不到眉毛。",
        "Chance that at least one brow is partly hidden by hair or headwear, by the attribute network; or the share of a brow's width over which everything from the forehead down to its lower edge has the colour of the hair, where that is more: of a thick fringe the network sees no brow at all.",
    ),
    low: good("brows_show", text("眉毛露出", "the brows show")),
    high: fault(
        "brows_hidden",
        text("头发遮挡眉毛", "brows hidden"),
        text("刘海夹起来，眉毛露出来。", "Clip the fringe, show the brows."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

/// Height of the forehead over the brow that must be covered too, pupil distances.
const ABOVE: f32 = 0.35;

/// Columns of hair over less than this share of a brow say nothing: strands, shadows, the brow's own hair.
const THICK: f64 = 0.8;

fn measure(portrait: &Portrait) -> Measured {
    let [_, hidden] = portrait.person.attributes.brows;
    let sides = [(part::RIGHT_BROW, part::RIGHT_CHEEK), (part::LEFT_BROW, part::LEFT_CHEEK)];
    let fringe = sides.into_iter().map(|(brow, cheek)| under(portrait, brow, cheek));
    // Hair that cannot be told from skin leaves the network's word alone.
    let fringe = fringe.filter_map(Result::ok).filter(|s| *s >= THICK).fold(0.0, f64::max);
    chance(portrait, hidden.max(fringe as f32), region::TOP)
}

/// Share of a brow's width that a fringe hides.
fn under(portrait: &Portrait, brow: &[usize], cheek: &[usize]) -> Result<f64, Unreadable> {
    let points = portrait.on_chip(brow);
    let low = |k: usize| points.iter().map(|p| p[k]).fold(f32::MAX, f32::min);
    let high = |k: usize| points.iter().map(|p| p[k]).fold(f32::MIN, f32::max);
    let middle = f32::midpoint(low(1), high(1));
    portrait.hair_across([low(0), low(1) - ABOVE * CHIP_EYES, high(0), middle], cheek)
}
