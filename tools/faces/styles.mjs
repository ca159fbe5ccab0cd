// The portrait styles that can be drawn, and how each is framed.

import * as personas from '@dicebear/personas';
import * as pixelArt from '@dicebear/pixel-art';
import * as toonHead from '@dicebear/toon-head';

/**
 * `frame` is the square of the drawing that is kept, in its own units: left, top, side. The axis of
 * the face is the frame's middle, so pixel x of n has its mirror image at n - 1 - x.
 * `options` are passed to DiceBear, `edit` changes the drawing before it is rasterised.
 */
export const styles = {
  personas: {
    style: personas,
    frame: [8, 6, 48],
    options: {
      // All but the pacifier, which grown-ups would wear too.
      mouth: ['smile', 'frown', 'surprise', 'bigSmile', 'smirk', 'lips'],
      facialHairProbability: 20,
    },
    // The light on the face is meant to be blended with the skin (overlay), but the mask around it
    // cuts it off from what lies below and dark skin turns grey. It lies inside of the mask anyway.
    edit: (svg) => svg.replace('<g mask="url(#personas-a)">', '<g>'),
  },
  'toon-head': { style: toonHead, frame: [114, 90, 540], options: {}, edit: (svg) => svg },
  'pixel-art': { style: pixelArt, frame: [0, 0, 16], options: {}, edit: (svg) => svg },
};
