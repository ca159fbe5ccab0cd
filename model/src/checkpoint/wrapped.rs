//! What the networks of a PyTorch file are wrapped in: nothing, `module.` (DataParallel), the entries
//! of a larger dictionary (`state_dict.`, `G.` beside `D.` and an optimiser), or several of these.

use std::collections::BTreeSet;

use super::names::from_pytorch;

/// A tensor that only generators have, as the public code calls it, and one that both networks have.
const ONLY_GENERATORS: &str = "l1.1.running_mean";
const BOTH: &str = "attn1.gamma";

/// What begins the names of the generator's tensors, of its average's where there is one, and what
/// begins those of the discriminator.
pub(super) fn wrappings<'a>(names: impl Iterator<Item = &'a str>) -> [Option<&'a str>; 2] {
    let (mut generators, mut others) = (BTreeSet::new(), BTreeSet::new());
    for name in names {
        let Some(head) = head_of(name) else { continue };
        match &name[head.len()..] {
            ONLY_GENERATORS => generators.insert(head),
            BOTH => others.insert(head),
            _ => false,
        };
    }
    let averaged = |head: &&&str| {
        let head = head.to_ascii_lowercase();
        head.contains("ema") || head.contains("average")
    };
    let found = generators.iter().find(averaged);
    let generator = found.or_else(|| generators.first());
    let discriminator = others.iter().find(|head| !generators.contains(*head));
    [generator.copied(), discriminator.copied()]
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

    fn of(names: &[&'static str]) -> [Option<&'static str>; 2] {
        wrappings(names.iter().copied())
    }

    #[test]
    fn networks_are_found_in_whatever_they_are_wrapped_in() {
        assert_eq!(of(&["attn1.gamma", "l1.1.running_mean"]), [Some(""), None]);
        let parallel = ["module.l1.1.running_mean", "module.attn1.gamma"];
        assert_eq!(of(&parallel), [Some("module."), None]);
        let both = [
            "D.attn1.gamma",
            "G.module.l1.1.running_mean",
            "G.module.attn1.gamma",
            "g_optimizer.state.0.exp_avg",
        ];
        assert_eq!(of(&both), [Some("G.module."), Some("D.")]);
        let averaged = ["G.l1.1.running_mean", "G_ema.l1.1.running_mean"];
        assert_eq!(of(&averaged), [Some("G_ema."), None]);
        assert_eq!(of(&["state_dict.attn1.gamma"]), [None, Some("state_dict.")]);
        assert_eq!(of(&["layer4.conv1.weight"]), [None, None]);
        assert_eq!(of(&[]), [None, None]);
    }
}
