//! The address that a figure carries.

use thiserror::Error;

use super::{png_text, svg};

/// The keyword of the address in a PNG.
pub const KEYWORD: &str = "Saganscope";

/// A file without an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoAddress {
    /// Neither PNG nor SVG.
    #[error(
        "is neither a PNG nor an SVG file. Drop a figure that was saved here by “Take away”, and the page shows what it shows."
    )]
    OtherKind,
    /// A picture from elsewhere, or one that another program has written anew.
    #[error(
        "does not say what it shows: only figures saved here by “Take away” do, until another program writes them anew."
    )]
    Silent,
}

/// The query part of the address that a figure carries, without its question mark: all that names a
/// view. What stands in front of it is left, so that a figure of another copy of the page opens here.
///
/// # Errors
/// Where the file is no figure, or no longer carries its address.
pub fn address_in(file: &[u8]) -> Result<String, NoAddress> {
    let address = if file.starts_with(png_text::SIGNATURE) {
        png_text::text(file, KEYWORD)
    } else {
        let text = std::str::from_utf8(file).map_err(|_| NoAddress::OtherKind)?;
        if !text.contains("<svg") {
            return Err(NoAddress::OtherKind);
        }
        svg::address(text)
    };
    let address = address.ok_or(NoAddress::Silent)?;
    let (_, query) = address.split_once('?').ok_or(NoAddress::Silent)?;
    let query = query.split('#').next().unwrap_or_default();
    if query.is_empty() || query.chars().any(char::is_control) {
        return Err(NoAddress::Silent);
    }
    Ok(query.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tests::figure;
    use super::*;
    use crate::page::attention::lens::{Direction, Lens};

    #[test]
    fn an_svg_gives_its_view_back() {
        let figure = figure(Direction::From, Lens::LooksAt);
        let file = svg::svg(&figure, 1.0, |_| Ok::<_, ()>("data:,".into())).unwrap_or_default();
        let query = address_in(file.as_bytes());
        assert_eq!(query.as_deref(), Ok("seed=7&sample=3&pins=1.6_-_7.0"));
    }

    #[test]
    fn other_files_are_told_apart() {
        assert_eq!(address_in(b"\xff\xd8\xff"), Err(NoAddress::OtherKind));
        assert_eq!(address_in(b"seed=7"), Err(NoAddress::OtherKind));
        assert_eq!(address_in(b""), Err(NoAddress::OtherKind));
        assert_eq!(address_in(b"<svg></svg>"), Err(NoAddress::Silent));
        assert_eq!(address_in(png_text::SIGNATURE), Err(NoAddress::Silent));
        for address in ["https://a.b/", "https://a.b/?", "https://a.b/?#seed=7"] {
            let file = format!("<svg><metadata><dc:source>{address}</dc:source></metadata></svg>");
            assert_eq!(
                address_in(file.as_bytes()),
                Err(NoAddress::Silent),
                "{address}"
            );
        }
    }
}
