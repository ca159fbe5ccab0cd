// Own pictures from zips, folders, the clipboard and by dropping: large ones and thousands of small
// ones, what cannot be read, a way to stop; and the command learns the same from the same zip.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PNG } from 'pngjs';

import { absolute } from '../support/distance.mjs';
import { hosted } from '../support/hosted.mjs';
import { begun, download, paused, phase, reaches, room } from '../support/room.mjs';
import { history } from '../support/safetensors.mjs';
import { resumed } from '../support/sagan.mjs';
import { zipped } from '../support/zip.mjs';

const PATIENCE = 240_000;
// As many as own pictures are seldom more than.
const LARGE = 40;
const SMALL = 5000;

const { site, browser } = await hosted('none');
const folder = mkdtempSync(join(tmpdir(), 'saganscope-pictures-'));

after(() => rmSync(folder, { recursive: true, force: true }));

// A picture of one colour in the middle square, and of red outside of it.
function picture(width, height, colour) {
  const png = new PNG({ width, height });
  const side = Math.min(width, height);
  const [left, top] = [(width - side) / 2, (height - side) / 2];
  for (let at = 0; at < width * height; at++) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const inside = x >= left && x < left + side && y >= top && y < top + side;
    png.data.set(inside ? [...colour, 255] : [255, 0, 0, 255], 4 * at);
  }
  return PNG.sync.write(png, { deflateLevel: 1 });
}

const shade = (index) => [0, (7 * index) % 256, (index >> 5) % 256];

// The room with own pictures chosen.
async function own(options) {
  const scope = await room(browser, site, options);
  await scope.part('world-own').evaluate((input) => input.click());
  return scope;
}

function choose(scope, name, buffer) {
  return scope.part('own-files').setInputFiles([{ name, mimeType: 'application/zip', buffer }]);
}

// Waits for the album: how many pictures it has.
async function album(scope) {
  await scope.part('album-made').waitFor({ timeout: PATIENCE });
  return Number((await scope.text('album-made')).match(/^(\d+) pictures/)[1]);
}

async function leftOut(scope) {
  await scope.part('unreadable').click();
  return scope.page.locator('.album li').allTextContents();
}

test('forty large and thousands of small pictures come out of a zip, cut square, in order', async (t) => {
  const large = Array.from({ length: 4 }, (_, i) => picture(2400, 1600, shade(i)));
  const files = [
    ...Array.from({ length: LARGE }, (_, i) => ({ name: `a-large/${String(i).padStart(4, '0')}.png`, data: large[i % 4], stored: true })),
    ...Array.from({ length: SMALL }, (_, i) => ({ name: `b-small/${String(i).padStart(4, '0')}.png`, data: picture(32, 32, shade(i)) })),
  ];
  const zip = zipped(files);
  const scope = await own();
  const path = join(folder, 'many.zip');
  writeFileSync(path, zip);
  const start = performance.now();
  await scope.part('own-files').setInputFiles(path);
  assert.equal(await album(scope), LARGE + SMALL);
  t.diagnostic(`${LARGE} pictures of 2400×1600 and ${SMALL} of 32×32 from a zip of ${(zip.length / 1e6).toFixed(1)} MB: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  for (const [place, of] of [[0, 0], [3, 3], [LARGE, 0], [LARGE + 7, 7]]) {
    const pixels = await scope.pixels(`own-${place}`);
    assert.equal(pixels.length, 4 * 32 * 32);
    for (const at of [0, 4 * 528, 4 * 1023]) assert.deepEqual([...pixels.subarray(at, at + 4)], [...shade(of), 255], `${place}`);
  }
  const augments = () => scope.part('augment').isChecked();
  assert.equal(await augments(), false, 'so many are not learned by heart');

  // Once more, and stopped on the way: what was read is there.
  await scope.part('own-files').setInputFiles(path);
  await scope.part('enough').click();
  const count = await album(scope);
  assert.ok(count > 0 && count < LARGE + SMALL, `${count}`);
  assert.equal(await augments(), count < 5000, 'fewer than 5000 are changed a little each time');
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('what of a zip cannot be read is listed with the reason, and is no harm', async () => {
  const scope = await own();
  const good = picture(40, 40, [0, 100, 0]);
  await choose(scope, 'mixed.ZIP', zipped([
    { name: 'good.png', data: good },
    { name: 'z/also.png', data: good, stored: true },
    { name: '__MACOSX/._good.png', data: Buffer.from('left behind') },
    { name: 'z/.DS_Store', data: Buffer.from('left behind') },
    { name: 'broken.png', data: good.subarray(0, 60) },
    { name: 'notes.txt', data: Buffer.from('no picture') },
    { name: 'inner.zip', data: zipped([{ name: 'good.png', data: good }]) },
    { name: 'secret.png', data: good, flags: 1 },
    { name: 'strange.png', data: good, method: 14 },
    { name: 'bomb.png', data: Buffer.alloc(1 << 22), size: 1000 },
    { name: 'garbage.png', data: Buffer.alloc(500, 0xff), stored: true, method: 8 },
  ]));
  assert.equal(await album(scope), 2);
  const told = new Map((await leftOut(scope)).map((line) => line.match(/^(\S+) (.*)$/).slice(1)));
  const picture1 = /no picture that this browser can read/;
  for (const [name, reason] of [
    ['broken.png', picture1], ['notes.txt', picture1], ['inner.zip', /zip within a zip/], ['secret.png', /encrypted/],
    ['strange.png', /method 14/], ['bomb.png', /another size than the zip says/], ['garbage.png', /cannot be unpacked/],
  ]) assert.match(told.get(name) ?? '', reason, name);
  assert.equal(told.size, 7);

  await choose(scope, 'none.zip', Buffer.from('no zip at all'));
  await scope.part('training-notice').waitFor({ timeout: PATIENCE });
  assert.match(await scope.text('training-notice'), /none\.zip is no zip, or was cut short/);
  await choose(scope, 'empty.zip', zipped([]));
  await scope.page.getByText(/There was no picture among the files/).waitFor({ timeout: PATIENCE });
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('a folder is dropped, pictures are pasted', async () => {
  const scope = await own();
  const dropped = join(folder, 'dropped');
  mkdirSync(join(dropped, 'below', 'deeper'), { recursive: true });
  writeFileSync(join(dropped, 'b.png'), picture(32, 32, shade(2)));
  writeFileSync(join(dropped, 'below', 'a.png'), picture(32, 32, shade(3)));
  writeFileSync(join(dropped, 'below', 'deeper', 'c.png'), picture(32, 32, shade(4)));
  writeFileSync(join(dropped, 'below', 'Thumbs.db'), 'left behind');
  const devtools = await scope.context.newCDPSession(scope.page);
  const box = await scope.part('album').boundingBox();
  const data = { items: [], files: [dropped], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await devtools.send('Input.dispatchDragEvent', { type, x: box.x + 20, y: box.y + 8, data });
  }
  assert.equal(await album(scope), 3);
  assert.equal(await scope.part('unreadable').count(), 0);
  // By their paths: b, below/a, below/deeper/c.
  for (const [place, of] of [[0, 2], [1, 3], [2, 4]]) {
    assert.deepEqual([...(await scope.pixels(`own-${place}`)).subarray(0, 3)], shade(of));
  }

  await scope.page.evaluate((bytes) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([Uint8Array.from(bytes)], 'pasted.png', { type: 'image/png' }));
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
  }, [...picture(32, 32, shade(9))]);
  await scope.page.getByText('1 pictures, 32×32').waitFor({ timeout: PATIENCE });
  assert.deepEqual([...(await scope.pixels('own-0')).subarray(0, 3)], shade(9));
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});

test('page and command learn the same from the same zip', async (t) => {
  const files = Array.from({ length: 11 }, (_, i) => ({ name: `${i % 2}/${String(i).padStart(2, '0')}.png`, data: picture(32, 32, [20 * i, 255 - 20 * i, 9 * i]) }));
  const path = join(folder, 'small.zip');
  writeFileSync(path, zipped(files));
  const scope = await own();
  await scope.part('own-files').setInputFiles(path);
  assert.equal(await album(scope), 11);
  await begun(scope, 1);
  const at = await paused(scope);
  const before = (await download(scope)).bytes;
  await scope.part('one-step').click();
  await reaches(scope, at + 1);
  await phase(scope, 'resting');
  const page = history((await download(scope)).bytes).at(-1);
  const command = history(resumed(before, path, at + 1));
  assert.deepEqual([page.step, command.at(-1).step], [at + 1, at + 1]);
  const off = absolute(page.values.slice(0, 4), command.at(-1).values.slice(0, 4));
  t.diagnostic(`losses and scores of step ${at + 1}: off by ${off.toExponential(1)}`);
  assert.ok(off <= 1e-5, `${off}`);
  // The page's own readings came along.
  assert.ok(command.length >= 2 && command[0].step <= at);
  assert.deepEqual(scope.complaints, []);
  await scope.close();
});
