//! Whether a zip is packed. PyTorch stores what it writes as it is, so its files hold no more numbers
//! than bytes; what is packed can unfold to gigabytes.
//!
//! Source: PKWARE's APPNOTE 6.3.10, sections 4.3.12 (directory) and 4.3.16 (its end).

/// Whether these bytes are a zip that has anything in it packed, or whose directory cannot be read.
pub(super) fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") && !is_stored(bytes).unwrap_or(false)
}

/// Nothing where the directory is damaged.
fn is_stored(bytes: &[u8]) -> Option<bool> {
    const RECORD: &[u8] = b"PK\x05\x06";
    let end = (0..bytes.len().saturating_sub(21)).rev();
    let end = end
        .take(1 << 16)
        .find(|&at| bytes[at..].starts_with(RECORD))?;
    let two = |at: usize| Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?) as usize);
    let four = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?) as usize);
    let mut at = four(end + 16)?;
    for _ in 0..two(end + 10)? {
        if !bytes.get(at..)?.starts_with(b"PK\x01\x02") {
            return None;
        }
        if two(at + 10)? != 0 || four(at + 20)? != four(at + 24)? {
            return Some(false);
        }
        at += 46 + two(at + 28)? + two(at + 30)? + two(at + 32)?;
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory of one file, and its end.
    fn zip(method: u8, sizes: [u8; 2], signature: &[u8]) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        let mut entry = [0; 46];
        entry[..4].copy_from_slice(signature);
        (entry[10], entry[20], entry[24]) = (method, sizes[0], sizes[1]);
        let mut end = [0; 22];
        end[..4].copy_from_slice(b"PK\x05\x06");
        (end[10], end[16]) = (1, 4);
        bytes.extend(entry);
        bytes.extend(end);
        bytes
    }

    #[test]
    fn only_what_is_stored_as_it_is_passes() {
        const ENTRY: &[u8] = b"PK\x01\x02";
        assert!(!is_packed(&zip(0, [9, 9], ENTRY)));
        assert!(is_packed(&zip(8, [9, 9], ENTRY)), "deflated");
        assert!(is_packed(&zip(0, [9, 200], ENTRY)), "sizes that differ");
        assert!(is_packed(&zip(0, [9, 9], b"PK\x01\x03")), "damaged");
        assert!(is_packed(b"PK\x03\x04"), "cut short");
        assert!(!is_packed(b"\x80\x02}."), "no zip");
    }
}
