//! The progress bar: the only file that names `indicatif`.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over `total` captures on standard error; nothing where that is no terminal.
pub fn bar(total: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
    let template = "{bar:30} {pos}/{len}  {per_sec}  {eta} left  {msg}";
    // The template is ours; if it were wrong, the plain style would do.
    bar.set_style(
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar
}

/// Print lines above a bar, or plainly where there is none.
pub fn above<T>(bar: &ProgressBar, print: impl FnOnce() -> T) -> T {
    bar.suspend(print)
}
