// What can be taken away: figures that carry their view, numbers, words; and the page inside another.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { PNG } from 'pngjs';

import { hosted } from '../support/hosted.mjs';
import { FIXTURE, column, fixture, generate, row } from '../support/sagan.mjs';
import { Saganscope } from '../support/saganscope.mjs';

const VIEW = { device: 'cpu', count: 2, checkpoint: FIXTURE, seed: 3 };
const PINS = [[20, 30], [50, 40]];

const { site, browser } = await hosted('none');
const checkpoint = fixture();
site.files.set(FIXTURE, checkpoint);

async function opened(parameters, options = {}) {
  const scope = await Saganscope.tab(browser, { permissions: ['clipboard-read', 'clipboard-write'], ...options });
  assert.equal(await scope.open(site.url, { ...VIEW, ...parameters }), 'ready');
  return scope;
}

// The view with two pins and the menu open.
async function pinned(parameters, options) {
  const scope = await opened({ pins: PINS.map((pin) => pin.join('.')).join('_'), pin: 2, ...parameters }, options);
  await scope.part('take-away').evaluate((details) => { details.open = true; });
  return scope;
}

async function saved(scope, button) {
  const [download] = await Promise.all([scope.page.waitForEvent('download'), scope.part(button).click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

// What a `tEXt` or `iTXt` chunk of a PNG says, read here by the format's rules alone.
function textIn(png, keyword) {
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const kind = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    const end = data.indexOf(0);
    if (kind === 'iTXt' && data.toString('latin1', 0, end) === keyword) {
      assert.deepEqual([...data.subarray(end + 1, end + 3)], [0, 0], 'not compressed');
      return data.subarray(data.indexOf(0, data.indexOf(0, end + 3) + 1) + 1).toString('utf8');
    }
    at += 12 + length;
  }
  return undefined;
}

// What an SVG file holds, as the browser reads it: the pixels of its pictures, its source, its texts.
function parsed(scope, text) {
  return scope.page.evaluate(async (text) => {
    const file = new DOMParser().parseFromString(text, 'image/svg+xml');
    if (file.querySelector('parsererror')) throw new Error(file.querySelector('parsererror').textContent);
    const pixels = async (href) => {
      const bitmap = await createImageBitmap(await (await fetch(href)).blob());
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      context.drawImage(bitmap, 0, 0);
      return Array.from(context.getImageData(0, 0, bitmap.width, bitmap.height).data);
    };
    const images = [...file.querySelectorAll('image')].map((image) => image.getAttribute('href'));
    return {
      images: await Promise.all(images.map(pixels)),
      source: file.getElementsByTagName('dc:source')[0].textContent,
      texts: [...file.querySelectorAll('text')].map((text) => text.textContent),
    };
  }, text);
}

// The view that an address names, whatever else is in it.
function view(address) {
  return Object.fromEntries(new URL(address).searchParams);
}

test('a figure as SVG holds the picture, a map a pin and layer, and its address', async () => {
  const scope = await pinned();
  const { name, bytes } = await saved(scope, 'take-svg');
  assert.equal(name, 'saganscope-fixture-safetensors-seed3-sample0.svg');
  const text = bytes.toString('utf8');
  const found = await parsed(scope, text);
  // The same pixels as on the page: the picture, then each pin's maps.
  const shown = ['picture', 'pin-1-heat-0', 'pin-1-heat-1', 'pin-2-heat-0', 'pin-2-heat-1'];
  assert.equal(found.images.length, shown.length);
  for (const [at, part] of shown.entries()) assert.deepEqual(found.images[at], [...(await scope.pixels(part))], part);
  assert.notDeepEqual(found.images[1], found.images[3], 'pins differ, or nothing is compared');
  assert.deepEqual(view(found.source), view(scope.page.url()));
  assert.ok(found.texts.includes('(20, 30)') && found.texts.includes('(50, 40)'));
  await scope.close();
});

test('a figure of all rows at once holds them as they are shown', async () => {
  for (const view of ['parts', 'where']) {
    const scope = await pinned({ view });
    await scope.part('field-1').waitFor();
    const { bytes } = await saved(scope, 'take-svg');
    const { images, texts } = await parsed(scope, bytes.toString('utf8'));
    const shown = ['picture', 'field-0', 'field-1'];
    assert.equal(images.length, shown.length + (view === 'where' ? 1 : 0), 'and the wheel of directions');
    for (const [at, part] of shown.entries()) assert.deepEqual(images[at], [...(await scope.pixels(part))], part);
    assert.match(texts.join(' '), view === 'where' ? /where every pixel looks more/ : /like colours for pixels that look alike/);
    await scope.close();
  }
});

test('a figure as PNG has two or four times the size of the SVG, and carries address and caption', async () => {
  const scope = await pinned();
  const svg = (await saved(scope, 'take-svg')).bytes.toString('utf8');
  const [width, height] = ['width', 'height'].map((side) => Number(new RegExp(`<svg[^>]* ${side}="([\\d.]+)"`).exec(svg)[1]));
  await scope.part('copy-caption').click();
  await scope.page.waitForFunction(() => document.querySelector('[data-testid=taken]').textContent.includes('caption'));
  const caption = await scope.page.evaluate(() => navigator.clipboard.readText());
  assert.match(caption, /seed 3, sample 0: where pixels 1 \(20, 30\) and 2 \(50, 40\) look\./);
  for (const scale of [2, 4]) {
    const { name, bytes } = await saved(scope, `take-png-${scale}`);
    assert.match(name, new RegExp(`-${scale}x\\.png$`));
    // Checks every chunk's checksum too.
    const picture = PNG.sync.read(bytes, { checkCRC: true });
    assert.deepEqual([picture.width, picture.height], [Math.round(scale * width), Math.round(scale * height)]);
    assert.equal(textIn(bytes, 'Description'), caption);
    assert.deepEqual(view(textIn(bytes, 'Saganscope')), view(scope.page.url()));
    // A corner is paper, and the picture's own colours are where it stands: no blank was saved.
    const at = (x, y) => [...picture.data.subarray(4 * (y * picture.width + x), 4 * (y * picture.width + x) + 3)];
    assert.deepEqual(at(1, 1), [255, 255, 255]);
    const pixels = await scope.pixels('picture');
    for (const [x, y] of [[3, 5], [33, 60], [60, 12]]) {
      const cell = (292 / 64) * scale;
      const found = at(Math.floor(16 * scale + (x + 0.5) * cell), Math.floor(40 * scale + (y + 0.5) * cell));
      const wanted = [...pixels.subarray(4 * (64 * y + x), 4 * (64 * y + x) + 3)];
      assert.ok(found.every((value, c) => Math.abs(value - wanted[c]) <= 1), `(${x}, ${y}): ${found} is not ${wanted}`);
    }
  }
  await scope.close();
});

test('a figure that is dropped, or chosen, opens its view again; other files say why not', async () => {
  const scope = await pinned({ read: 'only', scale: '35', colours: 'viridis' });
  const png = await saved(scope, 'take-png-2');
  const svg = await saved(scope, 'take-svg');
  const address = view(scope.page.url());
  await scope.close();

  for (const [how, { name, bytes }, type] of [['dropped', png, 'image/png'], ['dropped', svg, 'image/svg+xml'], ['chosen', png, 'image/png']]) {
    const fresh = await opened({ seed: 9 });
    const arrived = fresh.page.waitForURL((url) => url.searchParams.get('seed') === '3');
    if (how === 'dropped') await fresh.drop(name, type, bytes);
    else {
      await fresh.part('take-away').evaluate((details) => { details.open = true; });
      await fresh.part('reopen').setInputFiles({ name, mimeType: type, buffer: bytes });
    }
    await arrived;
    assert.equal(await fresh.settled(), 'ready');
    assert.deepEqual(view(fresh.page.url()), address, how);
    assert.equal(await fresh.part('picture').getAttribute('data-query'), '50,40');
    await fresh.close();
  }

  const fresh = await opened({ seed: 9 });
  const plain = PNG.sync.write(new PNG({ width: 2, height: 2 }));
  for (const [name, type, bytes, words] of [
    ['holiday.png', 'image/png', plain, /holiday\.png does not say what it shows/],
    ['notes.txt', 'text/plain', Buffer.from('seed=3'), /notes\.txt is neither a PNG nor an SVG/],
    ['cut.png', 'image/png', png.bytes.subarray(0, 60), /cut\.png does not say what it shows/],
  ]) {
    await fresh.drop(name, type, bytes);
    await fresh.page.waitForFunction((name) => document.querySelector('[data-testid=notice]').textContent.includes(name), name);
    assert.match(await fresh.text('notice'), words);
    await fresh.part('close-notice').click();
    assert.equal(await fresh.text('notice'), '');
  }
  assert.equal(fresh.parameter('seed'), '9', 'the view stays');
  assert.deepEqual(fresh.complaints, []);
  await fresh.close();
});

test('weights as NPY are the rows, or the columns, of the native command\'s map', async () => {
  const native = generate(checkpoint, 3, 1);
  for (const [way, part, kind] of [['from', row, 'rows'], ['to', column, 'columns']]) {
    const scope = await pinned({ way });
    for (const [layer, side] of [16, 32].entries()) {
      const { name, bytes } = await saved(scope, `take-npy-${layer}`);
      assert.match(name, new RegExp(`layer${side}x${side}-${kind}\\.npy$`));
      assert.equal(bytes.toString('latin1', 0, 8), '\x93NUMPY\x01\x00');
      const begin = 10 + bytes.readUInt16LE(8);
      assert.match(bytes.toString('latin1', 10, begin), new RegExp(`'<f4', 'fortran_order': False, 'shape': \\(2, ${side}, ${side}\\)`));
      assert.equal(bytes.length, begin + 4 * 2 * side * side);
      for (const [pin, [x, y]] of PINS.entries()) {
        const cell = (along) => Math.floor((along * side) / 64);
        const wanted = part(native.raw, layer + 1, 0, cell(y) * side + cell(x));
        for (const [key, weight] of wanted.entries()) {
          const found = bytes.readFloatLE(begin + 4 * (pin * side * side + key));
          assert.ok(Math.abs(found - weight) <= 1e-5 + 2e-3 * weight, `${kind} of pin ${pin + 1} at ${key}: ${found} is not ${weight}`);
        }
      }
    }
    await scope.close();
  }
});

test('figure and picture, link, BibTeX and frame are copied', async () => {
  const scope = await pinned();
  const copied = async (button, words) => {
    await scope.part(button).click();
    await scope.page.waitForFunction((words) => document.querySelector('[data-testid=taken]').textContent.includes(words), words);
    return scope.page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      const type = item.types.find((type) => type === 'image/png') ?? 'text/plain';
      const blob = await item.getType(type);
      if (type === 'text/plain') return { text: await blob.text() };
      const bitmap = await createImageBitmap(blob);
      return { size: [bitmap.width, bitmap.height] };
    });
  };
  assert.deepEqual((await copied('copy-picture', 'The picture')).size, [64, 64]);
  assert.ok((await copied('copy-figure', 'The figure')).size[0] > 1000);
  const { text: link } = await copied('copy-link', 'The link');
  assert.deepEqual(view(link), view(scope.page.url()));
  const { text: bibtex } = await copied('copy-bibtex', 'BibTeX');
  assert.match(bibtex, /@inproceedings\{zhang2019sagan,[^@]*@misc\{saganscope,/);
  assert.ok(bibtex.includes(`\\url{${link}}`));
  const { text: frame } = await copied('copy-frame', 'tag');
  assert.match(frame, /^<iframe src="[^"]*&amp;embed=1" title="Saganscope: /);
  assert.deepEqual(scope.complaints, []);

  // The frame inside another page: picture and maps, no more, and it tells how high it is.
  site.files.set('host.html', { type: 'text/html', body: Buffer.from(`<!doctype html><title>host</title><link rel="icon" href="data:,">
    <script>addEventListener('message', ({ data }) => { if (data?.saganscope) globalThis.told = data.saganscope.height; });</script>${frame}`) });
  await scope.page.goto(`${site.url}host.html`);
  const inner = scope.page.frameLocator('iframe');
  await inner.locator('[data-state=ready]').waitFor({ timeout: 240_000 });
  await inner.getByTestId('heat-1').waitFor();
  for (const part of ['picture', 'heat-0', 'heat-1', 'whole-page']) assert.ok(await inner.getByTestId(part).isVisible(), part);
  for (const part of ['seed', 'status', 'take-away', 'reading-words', 'display', 'save-row-0', 'comparison']) {
    assert.ok(!(await inner.getByTestId(part).isVisible()), `${part} is hidden`);
  }
  assert.ok(!(await inner.locator('.explanation').isVisible()));
  const height = await inner.locator('body').evaluate((body) => Math.ceil(body.getBoundingClientRect().height));
  await scope.page.waitForFunction((height) => Math.abs(globalThis.told - height) <= 1, height);
  assert.ok(height > 300 && height < 900, `${height}`);
  const whole = await inner.getByTestId('whole-page').getAttribute('href');
  assert.deepEqual(view(whole), view(link));
  await scope.close();
});

test('inside another page the picture is larger than its maps, which are beside it or below, however wide the frame', async () => {
  for (const [width, beside] of [[1200, true], [800, true], [600, true], [400, false]]) {
    const scope = await opened({ embed: 1 }, { viewport: { width, height: 700 } });
    const [picture, ...maps] = await Promise.all(['picture', 'map-0', 'map-1'].map((name) => scope.part(name).boundingBox()));
    for (const map of maps) {
      assert.ok(picture.width > 1.5 * map.width, `${picture.width} and ${map.width} in ${width}`);
      assert.ok(beside ? map.x >= picture.x + picture.width : map.y >= picture.y + picture.height, `in ${width}`);
    }
    await scope.close();
  }
});

test('theme and hide hold, and stay in the address', async () => {
  const scope = await opened({ theme: 'dark', hide: 'samples_explanation' }, { colorScheme: 'light' });
  const ground = await scope.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(ground, 'rgb(21, 21, 24)');
  assert.ok(!(await scope.part('seed').isVisible()));
  assert.ok(!(await scope.page.locator('.explanation').isVisible()));
  assert.ok(await scope.part('heat-0').isVisible());
  await scope.click(20, 30);
  await scope.page.waitForURL((url) => url.searchParams.get('pins') === '20.30');
  assert.deepEqual([scope.parameter('theme'), scope.parameter('hide')], ['dark', 'samples_explanation']);
  await scope.close();
  const light = await opened({ theme: 'light' }, { colorScheme: 'dark' });
  assert.equal(await light.page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(250, 249, 247)');
  await light.close();
});

test('what the address asks for and nobody knows is left out, and said', async () => {
  const scope = await opened({ seed: 5, scale: 'huge', wings: '4', pins: '5.6' });
  assert.match(await scope.text('notice'), /asks for “scale=huge” and “wings=4”, which this page does not know/);
  assert.equal(await scope.part('picture').getAttribute('data-query'), '5,6', 'the rest is shown');
  await scope.page.waitForURL((url) => !url.searchParams.has('wings'));
  await scope.part('close-notice').click();
  assert.equal(await scope.text('notice'), '');
  await scope.close();
  const plain = await opened({});
  assert.equal(await plain.text('notice'), '', 'nothing is said of an address that is understood');
  await plain.close();
});

test('nothing that can be opened here keeps anybody out', async () => {
  const looks = [
    { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
    { viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
    { viewport: { width: 1440, height: 900 }, forcedColors: 'active' },
  ];
  for (const options of looks) {
    const scope = await pinned({ scale: 'huge' }, options);
    const widths = () => scope.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    const check = async (what) => {
      assert.deepEqual(await scope.barriers(), [], `${what}, ${JSON.stringify(options)}`);
      const [wide, window] = await widths();
      assert.ok(wide <= window, `${what}: ${wide} pixels in ${window}`);
    };
    await check('menu and notice');
    await scope.part('see-where').evaluate((input) => input.click());
    await scope.part('field-1').waitFor();
    await check('every pixel');
    await scope.close();
    const embedded = await opened({ embed: 1, region: '20.30_40.44' }, options);
    assert.deepEqual(await embedded.barriers(), [], `in a frame, ${JSON.stringify(options)}`);
    await embedded.close();
  }
});
