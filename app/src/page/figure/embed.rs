//! A view inside another page.

/// How high the frame is until the page in it has told its height.
const HEIGHT: u32 = 620;

/// A frame's tag that shows this address, which must have a query part, without the page around it.
pub fn frame_tag(address: &str, title: &str) -> String {
    format!(
        r#"<iframe src="{}&amp;embed=1" title="{}" width="100%" height="{HEIGHT}" style="border: 0" loading="lazy"></iframe>"#,
        escaped(address),
        escaped(title)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_stands_in_the_tag_escaped() {
        let tag = frame_tag("https://a.b/?seed=1&x=2", r#"Faces "&" more"#);
        assert!(
            tag.contains(r#"src="https://a.b/?seed=1&amp;x=2&amp;embed=1""#),
            "{tag}"
        );
        assert!(
            tag.contains(r#"title="Faces &quot;&amp;&quot; more""#),
            "{tag}"
        );
    }
}
