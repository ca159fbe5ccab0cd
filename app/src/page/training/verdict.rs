//! What the curves say and do not say, in plain words.

use crate::protocol::Progress;

/// Readings that a sentence is about: one alone says little.
const LATELY: usize = 20;

/// One sentence on how the two networks stand, or that it is too early.
pub fn verdict(history: &[Progress]) -> &'static str {
    let lately = &history[history.len().saturating_sub(LATELY)..];
    if lately.len() < 5 {
        return "Too early to say anything: the first steps only bring both networks into their range.";
    }
    let mean =
        |value: fn(&Progress) -> f32| lately.iter().map(value).sum::<f32>() / lately.len() as f32;
    let loss = mean(|p| p.discriminator_loss);
    let gap = mean(|p| p.real) - mean(|p| p.fake);
    if !loss.is_finite() || !gap.is_finite() {
        "A number is no number any more: this run cannot go on."
    } else if loss < 0.15 {
        "The discriminator tells nearly all pictures apart, so the generator learns little; if that lasts, a smaller rate or more pictures help."
    } else if loss > 1.9 && gap.abs() < 0.2 {
        "The discriminator cannot tell real from drawn: either the pictures are good, or it has stopped learning. Look at them."
    } else {
        "The two are about even: neither is far ahead of the other."
    }
}

/// What no curve of a GAN says.
pub const CAVEAT: &str = "Losses show who is ahead, not how good the pictures are: a generator gets better while its loss stands still. Judge by the pictures and their maps.";

#[cfg(test)]
mod tests {
    use super::super::curves::tests::reading;
    use super::*;

    fn said(loss: f32, [real, fake]: [f32; 2]) -> &'static str {
        let readings = (0..30).map(|step| Progress {
            real,
            fake,
            ..reading(step, loss)
        });
        verdict(&readings.collect::<Vec<_>>())
    }

    #[test]
    fn each_state_has_its_sentence() {
        assert!(verdict(&[reading(1, 2.0)]).starts_with("Too early"));
        assert!(said(0.01, [1.5, -1.5]).contains("tells nearly all"));
        assert!(said(2.0, [0.0, 0.0]).contains("cannot tell"));
        assert!(said(2.0, [2.0, 0.0]).starts_with("The two"));
        assert!(said(1.2, [0.5, -0.4]).starts_with("The two"));
        assert!(said(f32::NAN, [0.5, -0.4]).contains("no number"));
    }
}
