// When a page first puts a picture onto a canvas, whoever drew it.

// Before the page is opened: notes the moment, in milliseconds from navigation.
export function watchPictures(page) {
  return page.addInitScript(() => {
    const { prototype } = CanvasRenderingContext2D;
    const put = prototype.putImageData;
    prototype.putImageData = function (data, ...place) {
      put.call(this, data, ...place);
      // Smaller ones are maps of attention.
      if (data.width >= 64) globalThis.firstPicture ??= performance.now();
    };
  });
}

// That moment; undefined where there was none.
export function firstPicture(page) {
  return page.evaluate(() => globalThis.firstPicture);
}
