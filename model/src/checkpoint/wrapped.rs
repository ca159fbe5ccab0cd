//! What the networks of a PyTorch file are wrapped in: nothing, `module.` (DataParallel), the entries
//! of a larger dictionary (`state_dict.`, `G.` beside `D.` and an optimiser), or several of these.

use std::collections::BTreeSet;

use super::names::from_pytorch;

/// A tensor that only generators have, as the public code calls it.
const ONLY_GENERATORS: &str = "l1.1.running_mean";

/// What begins the names of the network that is meant: of the generator, of its average where there
/// is one, and else of the discriminator. Nothing where the file holds bare names, or no SAGAN.
pub(super) fn wrapping<'a>(names: impl Iterator<Item = &'a str>) -> &'a str {
    let (mut generators, mut others) = (BTreeSet::new(), BTreeSet::new());
    for name in names {
        if let Some(head) = head_of(name) {
            let generator = &name[head.len()..] == ONLY_GENERATORS;
            if generator {
                generators.insert(head);
            }
            others.insert(head);
        }
    }
    let averaged = |head: &&&str| {
        let head = head.to_ascii_lowercase();
        head.contains("ema") || head.contains("average")
    };
    let found = generators.iter().find(averaged);
    let found = found.or_else(|| generators.first());
    found.or_else(|| others.first()).copied().unwrap_or("")
}

/// What stands before the public code's own name of a tensor; none for a stranger.
fn head_of(name: &str) -> Option<&str> {
    let ends = name.match_indices('.').map(|(dot, _)| dot + 1);
    let mut heads = std::iter::once(0).chain(ends);
    let end = heads.find(|&end| from_pytorch(&name[end..]).is_some())?;
    Some(&name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&'static str]) -> &'static str {
        wrapping(names.iter().copied())
    }

    #[test]
    fn the_generator_is_found_in_whatever_it_is_wrapped_in() {
        let bare = ["l1.0.module.weight_bar", "l1.1.running_mean"];
        assert_eq!(of(&bare), "");
        assert_eq!(
            of(&["module.l1.1.running_mean", "module.last.0.bias"]),
            "module."
        );
        let both = [
            "D.l1.0.module.weight_bar",
            "G.module.l1.1.running_mean",
            "G.module.last.0.bias",
            "g_optimizer.state.0.exp_avg",
        ];
        assert_eq!(of(&both), "G.module.");
        let averaged = ["G.l1.1.running_mean", "G_ema.l1.1.running_mean"];
        assert_eq!(of(&averaged), "G_ema.");
        assert_eq!(of(&["state_dict.l1.0.module.bias"]), "state_dict.");
        assert_eq!(of(&["layer4.conv1.weight"]), "");
        assert_eq!(of(&[]), "");
    }
}
