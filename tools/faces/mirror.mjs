// How well the two halves of a picture agree, for several places of the line between them.

/** Distances of the line from the picture's middle, in pixels. */
const SHIFTS = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2];

/**
 * For each shift of the mirror line, the mean absolute difference of pixels and their mirror images,
 * colours in [-1, 1].
 * @param pixels RGBA bytes, size × size
 */
export function mirrorDifference(pixels, size) {
  return new Map(
    SHIFTS.map((shift) => {
      let [sum, count] = [0, 0];
      for (let y = 0; y < size; y += 1) {
        for (let x = 0; x < size; x += 1) {
          const other = size - 1 + 2 * shift - x;
          if (other < 0 || other >= size) continue;
          for (let channel = 0; channel < 3; channel += 1) {
            const [a, b] = [x, other].map((at) => pixels[4 * (y * size + at) + channel]);
            sum += Math.abs(a - b) / 127.5;
            count += 1;
          }
        }
      }
      return [shift, sum / count];
    }),
  );
}
