//! Colours as red, green and blue in [0, 1], and laying one over another.

pub(crate) type Colour = [f32; 3];

/// From hue (any number, one turn = 1), saturation and lightness in [0, 1].
pub(crate) fn hsl(hue: f32, saturation: f32, lightness: f32) -> Colour {
    let reach = saturation * lightness.min(1.0 - lightness);
    [0.0, 8.0, 4.0].map(|shift| {
        let turn = (shift + 12.0 * hue) / 12.0;
        let step = 12.0 * (turn - turn.floor());
        lightness - reach * (step - 3.0).min(9.0 - step).clamp(-1.0, 1.0)
    })
}

/// `a` at `part` 0, `b` at `part` 1.
pub(crate) fn mix(a: Colour, b: Colour, part: f32) -> Colour {
    core::array::from_fn(|i| a[i] + (b[i] - a[i]) * part)
}

/// Lays `paint` over `colour`, covering `part` of it.
pub(crate) fn blend(colour: &mut Colour, paint: Colour, part: f32) {
    *colour = mix(*colour, paint, part);
}
