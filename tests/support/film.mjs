// Animated pictures, as the browser decodes them.

import assert from 'node:assert/strict';

// What 256 colours of a picture lose: the mean of all channels, and the worst of one, of 255.
const MEAN_LOSS = 4;
const WORST_LOSS = 40;

// Every frame of a GIF, as the browser decodes it: `{ duration, rgba }`, in microseconds.
export async function frames(page, file) {
  await page.exposeFunction('nextBytes', () => file.toString('base64'));
  return page.evaluate(async () => {
    const text = atob(await globalThis.nextBytes());
    const data = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const decoder = new ImageDecoder({ data, type: 'image/gif' });
    await decoder.tracks.ready;
    const { frameCount, repetitionCount } = decoder.tracks.selectedTrack;
    const all = [];
    for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
      const { image } = await decoder.decode({ frameIndex });
      const { codedWidth: width, codedHeight: height, duration } = image;
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      const { data: rgba } = context.getImageData(0, 0, width, height);
      all.push({ width, height, duration, rgba: frameIndex === 0 || frameIndex === frameCount - 1 ? Array.from(rgba) : [] });
      image.close();
    }
    return { all, repetitionCount };
  });
}

// A square of a frame, `side` pixels of it, each `times` wide and high: their middles.
export function square({ width, rgba }, [left, top], side, times) {
  const found = [];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = 4 * ((top + times * y + (times >> 1)) * width + left + times * x + (times >> 1));
      found.push(...rgba.slice(at, at + 3), 255);
    }
  }
  return found;
}

// Both are alike, but for what 256 colours lose and for the pixels that are left out.
export function alike(found, wanted, what, leftOut = () => false) {
  assert.equal(found.length, wanted.length, what);
  let [sum, worst, count] = [0, 0, 0];
  found.forEach((value, at) => {
    if (leftOut(at >> 2)) return;
    const far = Math.abs(value - wanted[at]);
    [sum, worst, count] = [sum + far, Math.max(worst, far), count + 1];
  });
  assert.ok(sum / count <= MEAN_LOSS && worst <= WORST_LOSS, `${what}: ${sum / count} on average, ${worst} at worst`);
}
