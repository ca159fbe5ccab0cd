//! A run's snapshots as one animated picture: what is drawn of always the same latents, step after
//! step, and beside it where the pins of one of them look. Pure code, no browser.
//!
//! A [`Sheet`](sheet::Sheet) is what one frame shows, [`Colours`](colours::Colours) are the 256 that
//! it is shown in, a [`Gif`](gif::Gif) takes one frame after the other. All of them work in small
//! pieces, so that whoever makes a film can let the page breathe in between.
pub mod colours;
pub mod figures;
pub mod gif;
pub mod sheet;

/// A file name that says of which run a film is, and from which step to which.
pub fn file_name(run: &str, steps: &[u64]) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let run: String = run.to_lowercase().chars().map(plain).collect();
    let [first, last] = [steps.first(), steps.last()].map(|step| step.copied().unwrap_or_default());
    format!(
        "saganscope-{}-steps-{first}-to-{last}.gif",
        run.trim_matches('-')
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_which_run_and_which_steps() {
        assert_eq!(
            file_name("your own pictures", &[0, 3, 120]),
            "saganscope-your-own-pictures-steps-0-to-120.gif"
        );
        assert_eq!(file_name("é/..", &[]), "saganscope--steps-0-to-0.gif");
    }
}
