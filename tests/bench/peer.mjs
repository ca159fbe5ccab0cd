// A tab with a page that uses one of the peers.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { firstPicture, watchPictures } from './first_picture.mjs';

// Where in the site the peers are.
export const FOLDER = 'bench/';

// How long a peer may take to compile its kernels on a software GPU.
const PATIENCE = 240_000;

const PEERS = ['page.mjs', 'ort.mjs', 'tfjs.mjs', 'tfjs_backend.mjs', 'tfjs_training.mjs'];
const PACKAGES = {
  '@tensorflow/tfjs/dist': ['tf.min.js'],
  '@tensorflow/tfjs-backend-webgpu/dist': ['tf-backend-webgpu.min.js'],
  '@tensorflow/tfjs-backend-wasm/dist': ['tf-backend-wasm.min.js', 'tfjs-backend-wasm-simd.wasm'],
  'onnxruntime-web/dist': [
    'ort.webgpu.bundle.min.mjs', 'ort-wasm-simd-threaded.asyncify.mjs', 'ort-wasm-simd-threaded.asyncify.wasm',
    'ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm',
  ],
};
const PAGE = '<!doctype html><meta charset="utf-8"><title>bench</title><link rel="icon" href="data:,"><canvas width="64" height="64"></canvas><script type="module" src="page.mjs"></script>';

// Puts the peers and their page beside the site.
export async function publishPeers(site) {
  const put = (name, type, body) => site.files.set(FOLDER + name, { type, body });
  const here = import.meta.dirname;
  const type = (name) => (name.endsWith('.wasm') ? 'application/wasm' : 'text/javascript');
  for (const name of PEERS) put(name, type(name), await readFile(join(here, 'peers', name)));
  for (const [folder, names] of Object.entries(PACKAGES)) {
    for (const name of names) put(name, type(name), await readFile(join(here, 'node_modules', folder, name)));
  }
  put('page.html', 'text/html', Buffer.from(PAGE));
}

export class Peer {
  // Opens a page that does the task with this peer, with an empty cache.
  static async open(browser, site, name, device, task) {
    site.files.set(`${FOLDER}task.json`, { type: 'application/json', body: Buffer.from(JSON.stringify(task)) });
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', (error) => console.error(`${name}: ${error}`));
    await watchPictures(page);
    await page.goto(`${site.url}${FOLDER}page.html?peer=${name}&device=${device}`);
    return new Peer(page);
  }

  constructor(page) {
    this.page = page;
  }

  // Its first run, once done: `{ first, result, appeared }`.
  async begun() {
    const { first, result } = await this.page.evaluate(async () => {
      const { first, result } = await globalThis.bench;
      return { first, result };
    });
    return { first, result, appeared: await firstPicture(this.page) };
  }

  // One more run; its milliseconds.
  again() {
    return this.page.evaluate(async () => (await globalThis.bench).again());
  }

  // So many runs, one after the other.
  many(count) {
    return this.page.evaluate(async (count) => {
      const { again } = await globalThis.bench;
      for (let run = 0; run < count; run++) await again();
    }, count);
  }

  close() {
    return this.page.context().close();
  }
}
