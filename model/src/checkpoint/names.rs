//! Names of tensors: ours, those of our first format, and those of the public PyTorch code.

/// What the public code calls an attention layer's tensors, and what we do.
const ATTENTION: [(&str, &str); 7] = [
    ("gamma", "gamma"),
    ("query_conv.weight", "query.weight"),
    ("query_conv.bias", "query.bias"),
    ("key_conv.weight", "key.weight"),
    ("key_conv.bias", "key.bias"),
    ("value_conv.weight", "value.weight"),
    ("value_conv.bias", "value.bias"),
];

/// The same of a stage, after `l{i}.`. Its own spectral norm wraps the convolution in a `module`.
const STAGE: [(&str, &str); 8] = [
    ("0.module.weight_bar", "weight"),
    ("0.module.weight_u", "sigma.u"),
    ("0.module.weight_v", "sigma.v"),
    ("0.module.bias", "bias"),
    ("1.weight", "norm.weight"),
    ("1.bias", "norm.bias"),
    ("1.running_mean", "norm.running_mean"),
    ("1.running_var", "norm.running_var"),
];

/// What torch's own spectral norm calls the same.
const TORCH_SPECTRAL: [(&str, &str); 4] = [
    ("0.weight_orig", "weight"),
    ("0.weight_u", "sigma.u"),
    ("0.weight_v", "sigma.v"),
    ("0.bias", "bias"),
];

/// The last layer.
const LAST: [(&str, &str); 2] = [
    ("last.0.weight", "last_weight"),
    ("last.0.bias", "last_bias"),
];

fn forth(table: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    let entry = table.iter().find(|(theirs, _)| *theirs == name);
    entry.map(|(_, ours)| *ours)
}

fn back(table: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    let entry = table.iter().find(|(_, ours)| *ours == name);
    entry.map(|(theirs, _)| *theirs)
}

/// `l3.0.module.weight_bar` → `stages.2.weight`, and so on; `None` for a stranger.
pub fn from_pytorch(name: &str) -> Option<String> {
    if let Some(ours) = forth(&LAST, name) {
        return Some(ours.to_string());
    }
    let (layer, rest) = name.split_once('.')?;
    let number = |text: &str| text.parse::<usize>().ok()?.checked_sub(1);
    if let Some(layer) = layer.strip_prefix("attn") {
        let layer = number(layer)?;
        return Some(format!("attention.{layer}.{}", forth(&ATTENTION, rest)?));
    }
    let stage = number(layer.strip_prefix('l')?)?;
    let part = forth(&STAGE, rest).or_else(|| forth(&TORCH_SPECTRAL, rest))?;
    Some(format!("stages.{stage}.{part}"))
}

/// The way back: what the public code calls a tensor of ours, if it has it.
pub fn to_pytorch(name: &str) -> Option<String> {
    if let Some(theirs) = back(&LAST, name) {
        return Some(theirs.to_string());
    }
    let (kind, rest) = name.split_once('.')?;
    let (index, rest) = rest.split_once('.')?;
    let number = index.parse::<usize>().ok()? + 1;
    match kind {
        "attention" => Some(format!("attn{number}.{}", back(&ATTENTION, rest)?)),
        "stages" => Some(format!("l{number}.{}", back(&STAGE, rest)?)),
        _ => None,
    }
}

/// A name of format 1 as it is now: `….attention2.query.weight` → `….attention.1.query.weight`.
pub(super) fn current(name: &str) -> String {
    let segments = name.split('.').map(|segment| match segment {
        "attention1" => "attention.0",
        "attention2" => "attention.1",
        other => other,
    });
    segments.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{checkpoint::layout, config::SaganConfig};

    #[test]
    fn names_are_translated() {
        for (theirs, ours) in [
            ("l3.0.module.weight_bar", Some("stages.2.weight")),
            ("l3.0.weight_orig", Some("stages.2.weight")),
            ("l1.1.running_var", Some("stages.0.norm.running_var")),
            ("attn2.query_conv.bias", Some("attention.1.query.bias")),
            ("last.0.weight", Some("last_weight")),
            ("layer4.conv1.weight", None),
            ("l0.0.bias", None),
            ("attn1.query_conv.scale", None),
        ] {
            assert_eq!(from_pytorch(theirs).as_deref(), ours, "{theirs}");
        }
        assert_eq!(
            current("adam.generator.first.attention2.query.weight"),
            "adam.generator.first.attention.1.query.weight"
        );
    }

    #[test]
    fn every_tensor_of_the_plain_form_goes_to_pytorch_and_back() {
        let config = SaganConfig::new(16, 100);
        let (generator, discriminator) =
            (layout::generator(&config), layout::discriminator(&config));
        assert!(generator.len() > 40 && discriminator.len() > 20);
        for name in generator.keys().chain(discriminator.keys()) {
            let theirs = to_pytorch(name);
            let back = theirs.as_deref().and_then(from_pytorch);
            assert_eq!(back.as_ref(), Some(name), "{theirs:?}");
        }
        assert_eq!(to_pytorch("attention.0.temperature"), None);
        assert_eq!(to_pytorch("noise.0.weight"), None);
    }
}
