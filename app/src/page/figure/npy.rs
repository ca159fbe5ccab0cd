//! Numbers as NumPy's NPY, format 1.0
//! (<https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>).

/// What every file begins with: a magic word and the format's version.
const MAGIC: &[u8; 8] = b"\x93NUMPY\x01\x00";

/// Where the numbers begin is a multiple of this.
const ALIGNED: usize = 64;

/// 32-bit floats of this shape, the last axis the innermost. There must be as many as it says.
pub fn npy(shape: &[usize], values: impl Iterator<Item = f32>) -> Vec<u8> {
    // A comma behind each: in Python, (3) is a number and (3,) a shape.
    let axes: String = shape.iter().map(|axis| format!("{axis}, ")).collect();
    let shape = match shape.len() {
        1 => axes.trim_end(),
        _ => axes.trim_end_matches(", "),
    };
    let mut header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}").into_bytes();
    // Behind the magic word stand two bytes of the header's length; it ends with a new line.
    let begin = MAGIC.len() + 2;
    let end = (begin + header.len() + 1).next_multiple_of(ALIGNED);
    header.resize(end - begin - 1, b' ');
    header.push(b'\n');
    let mut file = MAGIC.to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header);
    file.extend(values.flat_map(f32::to_le_bytes));
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_as_numpy_writes_it() {
        // numpy.save(f, numpy.array([[1, 2.5, -3]], dtype='<f4'))
        let mut wanted = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
        wanted.extend(b"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }");
        wanted.resize(127, b' ');
        wanted.push(b'\n');
        for value in [1f32, 2.5, -3.0] {
            wanted.extend(value.to_le_bytes());
        }
        assert_eq!(npy(&[1, 3], [1.0, 2.5, -3.0].into_iter()), wanted);
    }

    #[test]
    fn one_axis_has_its_comma_and_numbers_begin_aligned() {
        let file = npy(&[2], [0.5, 0.25].into_iter());
        let text = String::from_utf8_lossy(&file).into_owned();
        assert!(text.contains("'shape': (2,), }"), "{text}");
        assert_eq!((file.len() - 8) % ALIGNED, 0);
    }
}
