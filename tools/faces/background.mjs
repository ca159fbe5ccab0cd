// Light backgrounds of any hue.

/** A light colour as six hexadecimal digits, from three numbers in [0, 1). */
export function light([a, b, c]) {
  const [hue, saturation, lightness] = [a, 0.35 + 0.5 * b, 0.82 + 0.11 * c];
  const reach = saturation * Math.min(lightness, 1 - lightness);
  return [0, 8, 4]
    .map((shift) => {
      const step = (shift + 12 * hue) % 12;
      const value = lightness - reach * Math.max(-1, Math.min(step - 3, 9 - step, 1));
      return Math.round(255 * value).toString(16).padStart(2, '0');
    })
    .join('');
}
