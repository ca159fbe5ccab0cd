//! What to cite.

/// The paper and this page as BibTeX. `address` shows what is cited, `day` is the day of access, as
/// 2026-11-25.
pub fn bibtex(address: &str, day: &str) -> String {
    format!(
        "@inproceedings{{zhang2019sagan,
  title     = {{Self-Attention Generative Adversarial Networks}},
  author    = {{Zhang, Han and Goodfellow, Ian and Metaxas, Dimitris and Odena, Augustus}},
  booktitle = {{Proceedings of the 36th International Conference on Machine Learning}},
  series    = {{Proceedings of Machine Learning Research}},
  volume    = {{97}},
  pages     = {{7354--7363}},
  year      = {{2019}},
  url       = {{https://proceedings.mlr.press/v97/zhang19d.html}}
}}

@misc{{saganscope,
  title        = {{Saganscope: see where a generative model looks}},
  howpublished = {{\\url{{{address}}}}},
  note         = {{Version {}, accessed {day}}}
}}
",
        env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_entries_are_closed_and_the_address_stands_as_it_is() {
        let text = bibtex("https://example.org/?seed=1&x=2", "2026-11-25");
        let count = |c: char| text.matches(c).count();
        assert_eq!(count('{'), count('}'));
        assert_eq!(count('@'), 2);
        assert!(text.contains("\\url{https://example.org/?seed=1&x=2}"));
        assert!(text.contains("accessed 2026-11-25"));
    }
}
