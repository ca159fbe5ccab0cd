// The page as a visitor handles it.

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

// How long a software GPU on a busy two-core machine may take to compile everything and draw.
const PATIENCE = 240_000;

// What Chromium says on its own where there is a software GPU or none.
const HARMLESS = [
  /WebGPU is experimental on this platform/,
  /powerPreference option is currently ignored/,
  /^No available adapters\./,
];

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export class Saganscope {
  // Opens a tab; `complaints` collects every error and warning of page and workers.
  static async tab(browser, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    const complaints = [];
    page.on('console', (message) => {
      const text = message.text();
      if (!['error', 'warning'].includes(message.type())) return;
      if (!HARMLESS.some((known) => known.test(text))) complaints.push(`${message.type()}: ${text}`);
    });
    page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error}`));
    return new Saganscope(context, page, complaints);
  }

  constructor(context, page, complaints) {
    this.context = context;
    this.page = page;
    this.complaints = complaints;
  }

  // Goes to the site with these URL parameters and waits until it is ready or has failed.
  async open(url, parameters = {}) {
    await this.page.goto(`${url}?${new URLSearchParams(parameters)}`);
    return this.settled();
  }

  // The state that the page comes to rest in: 'ready' or 'failed'.
  async settled() {
    const resting = this.page.locator('[data-state=ready], [data-state=failed]').first();
    await resting.waitFor({ state: 'attached', timeout: PATIENCE });
    return resting.getAttribute('data-state');
  }

  part(name) {
    return this.page.getByTestId(name);
  }

  text(name) {
    return this.part(name).innerText();
  }

  // A canvas's own pixels, RGBA; read from a copy, so that looking does not change how it is drawn.
  async pixels(name) {
    const bytes = await this.part(name).evaluate((canvas) => {
      const copy = new OffscreenCanvas(canvas.width, canvas.height);
      const context = copy.getContext('2d');
      context.drawImage(canvas, 0, 0);
      return Array.from(context.getImageData(0, 0, canvas.width, canvas.height).data);
    });
    return Uint8Array.from(bytes);
  }

  // Moves the pointer over the middle of this pixel of the large picture.
  async point(x, y) {
    const box = await this.part('picture').boundingBox();
    await this.page.mouse.move(box.x + ((x + 0.5) * box.width) / 64, box.y + ((y + 0.5) * box.height) / 64);
  }

  // Chooses one of a row of radio buttons, which the style sheet shows as their labels.
  async choose(name) {
    await this.part(name).evaluate((input) => input.click());
  }

  // The number behind one of the page's figures, as it was before it was rounded.
  async figure(name) {
    const value = Number(await this.part(name).getAttribute('data-value'));
    if (!Number.isFinite(value)) throw new Error(`${name} is no number`);
    return value;
  }

  // Drops a file onto the middle of the page.
  drop(name, type, bytes) {
    return this.page.evaluate(({ name, type, bytes }) => {
      const binary = atob(bytes);
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(binary, (c) => c.charCodeAt(0))], name, { type }));
      const target = document.querySelector('main');
      for (const kind of ['dragover', 'drop']) {
        target.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }));
      }
    }, { name, type, bytes: Buffer.from(bytes).toString('base64') });
  }

  // Clicks this pixel of the large picture, without touching a pin that is there.
  async click(x, y, modifiers = []) {
    await this.point(x, y);
    for (const key of modifiers) await this.page.keyboard.down(key);
    await this.page.mouse.down();
    await this.page.mouse.up();
    for (const key of modifiers) await this.page.keyboard.up(key);
  }

  // What axe finds wrong for people who cannot see, hear or point well: one line a fault. Of these
  // rules only, if some are named.
  async barriers(rules) {
    await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate((rules) =>
      globalThis.axe.run({ resultTypes: ['violations'], runOnly: rules ?? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }), rules);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
  }

  // How long the page works on each of these pointer moves: handlers and all that they have left to
  // do, styles and layout, in milliseconds of its thread's own time, ascending. Waiting does not
  // count, be it for the browser or for a busy machine.
  async pointerTimes(pixels) {
    const devtools = await this.context.newCDPSession(this.page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const worked = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      const parts = metrics.filter(({ name }) => ['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'].includes(name));
      if (parts.length !== 3) throw new Error('the browser does not tell how long it worked');
      return 1000 * parts.reduce((sum, { value }) => sum + value, 0);
    };
    const box = await this.part('picture').boundingBox();
    const times = [];
    for (const [x, y] of pixels) {
      const before = await worked();
      await this.page.mouse.move(box.x + ((x + 0.5) * box.width) / 64, box.y + ((y + 0.5) * box.height) / 64);
      times.push((await worked()) - before);
    }
    await devtools.detach();
    return times.sort((a, b) => a - b);
  }

  // Saves a map's row: the file's name, its head, and its lines. The button may be below what is seen;
  // the page is where it was afterwards.
  async savedTable(layer) {
    const before = await this.page.evaluate(() => scrollY);
    const [download] = await Promise.all([
      this.page.waitForEvent('download'),
      this.part(`save-row-${layer}`).click(),
    ]);
    await this.page.evaluate((top) => scrollTo({ top, behavior: 'instant' }), before);
    const [head, ...lines] = (await readFile(await download.path(), 'utf8')).trim().split('\n');
    return { name: download.suggestedFilename(), head, lines };
  }

  // The same, with its rows as `{ x, y, weight }`.
  async saveRow(layer) {
    const { name, head, lines } = await this.savedTable(layer);
    if (head !== 'x,y,weight') throw new Error('the table has no header');
    const keys = lines.map((line) => {
      const [x, y, weight] = line.split(',').map(Number);
      return { x, y, weight };
    });
    return { name, keys };
  }

  // A parameter of the address bar.
  parameter(name) {
    return new URL(this.page.url()).searchParams.get(name);
  }

  close() {
    return this.context.close();
  }
}
