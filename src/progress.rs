//! The progress bar: the only file that names `indicatif`.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The bar.
pub type Bar = ProgressBar;

const KNOWN: &str = "{bar:30} {pos}/{len}  {per_sec}  {eta} left  {msg}";
const UNKNOWN: &str = "{spinner} {pos}  {per_sec}  {elapsed}  {msg}";

/// A bar over captures on standard error, nothing where that is no terminal. `total` is asked on a
/// thread of its own, so that a large folder is begun at once; without an answer there is no end to tell.
pub fn bar(total: impl FnOnce() -> Option<u64> + Send + 'static) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(style(UNKNOWN, ProgressStyle::default_spinner()));
    if !bar.is_hidden() {
        let told = bar.clone();
        std::thread::spawn(move || {
            if let Some(total) = total() {
                told.set_length(total);
                told.set_style(style(KNOWN, ProgressStyle::default_bar()));
            }
        });
    }
    bar
}

/// The templates are ours; if one were wrong, the plain style would do.
fn style(template: &str, plain: ProgressStyle) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or(plain)
}

/// Print lines above a bar, or plainly where there is none.
pub fn above<T>(bar: &ProgressBar, print: impl FnOnce() -> T) -> T {
    bar.suspend(print)
}
