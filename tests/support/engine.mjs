// The engine's worker without the page around it. Requests and replies are plain objects with the
// names of app/src/protocol/: the engine itself checks a request against its types, so nothing of
// the protocol is repeated here but the names that a test uses.

import { readFileSync } from 'node:fs';

import { pack, unpack } from './packing.mjs';
import { Saganscope } from './saganscope.mjs';

const PACKING = readFileSync(new URL('./packing.mjs', import.meta.url), 'utf8');

// A page of the site with nothing in it.
const BLANK = 'blank.html';

// How long a software GPU on a busy two-core machine may take over one reply.
const PATIENCE = 240_000;

// Replies that come before the one that ends a request.
const PASSING = ['Stage', 'Sample', 'Progress', 'Snapshots', 'Vitals', 'Autosaved', 'Gathering', 'Measuring'];

export class Engine {
  // Starts a worker on the site that `serve` serves; `complaints` is as in Saganscope.
  static async start(browser, site) {
    site.files.set('packing.mjs', { type: 'text/javascript', body: Buffer.from(PACKING) });
    site.files.set(BLANK, { type: 'text/html', body: Buffer.from('<!doctype html><title>engine</title><link rel="icon" href="data:,">') });
    return Engine.in(await Saganscope.tab(browser), site);
  }

  // The same in this tab, or another one of the same visitor's.
  static async in(scope, site) {
    await scope.page.goto(site.url + BLANK);
    const engine = new Engine(scope);
    await engine.startWorker();
    return engine;
  }

  constructor(scope) {
    this.scope = scope;
    this.complaints = scope.complaints;
  }

  async startWorker() {
    const [worker] = await Promise.all([
      this.scope.page.waitForEvent('worker'),
      this.scope.page.evaluate(startWorker),
    ]);
    this.worker = worker;
    this.id = 0;
    this.greeting = await this.next();
  }

  // Reloads the tab, and so ends the worker wherever it is, and starts another.
  async reload() {
    await this.scope.page.reload();
    await this.startWorker();
  }

  // Asks a tenant, 'Draw', 'Train' or 'Judge', for something: `{ Open: { … } }`. The request's number.
  async post(tenant, what) {
    this.id += 1;
    await this.postRaw({ id: this.id, ask: { [tenant]: what } });
    return this.id;
  }

  // Posts anything at all.
  async postRaw(message) {
    await this.scope.page.evaluate((text) => globalThis.engine.post(text), pack(message));
  }

  // The next message of the engine's, as it is.
  async next() {
    try {
      return unpack(await this.scope.page.evaluate((patience) => globalThis.engine.next(patience), PATIENCE));
    } catch (error) {
      // Where the engine stopped, the console says why.
      throw new Error([error.message, ...this.complaints].join('\n'));
    }
  }

  // The next reply to this request: its `kind`, and its fields.
  async replyTo(id) {
    const message = await this.next();
    if (message.to !== id) throw new Error(`a reply to ${message.to} came, not to ${id}: ${pack(message)}`);
    return read(message);
  }

  // Has an album made of one plain picture a colour, each a file as a visitor would choose it.
  async gather(album, size, colours) {
    this.id += 1;
    const message = { id: this.id, ask: { Train: { Gather: { album, files: [], size, mirror: false } } } };
    await this.scope.page.evaluate(([text, colours]) => globalThis.engine.gather(text, colours), [pack(message), colours]);
    return this.end(this.id);
  }

  // The replies that end these requests, in whatever order they come.
  async ends(...ids) {
    const found = new Map();
    while (found.size < ids.length) {
      const reply = read(await this.next());
      if (!ids.includes(reply.to)) throw new Error(`a reply to ${reply.to} came`);
      if (!PASSING.includes(reply.kind)) found.set(reply.to, reply);
    }
    return ids.map((id) => found.get(id));
  }

  // Asks for something and collects replies up to the one that ends it: that reply, and with it the
  // `others` before it.
  async ask(tenant, what) {
    return this.end(await this.post(tenant, what));
  }

  // Collects the replies to this request likewise.
  async end(id) {
    const others = [];
    for (;;) {
      const reply = await this.replyTo(id);
      if (!PASSING.includes(reply.kind)) return { ...reply, others };
      others.push(reply);
    }
  }

  // As `ask`, for its time alone: what comes before the reply that ends it is dropped in the page,
  // since writing pictures down as text takes longer than drawing them.
  async finish(tenant, what) {
    this.id += 1;
    const text = pack({ id: this.id, ask: { [tenant]: what } });
    const run = ([text, passing]) => globalThis.engine.finish(text, passing);
    return read(unpack(await this.scope.page.evaluate(run, [text, PASSING])));
  }

  close() {
    return this.scope.close();
  }
}

// `{ to, answer: { Draw: { Done: { millis } } } }` → `{ to, of: 'Draw', kind: 'Done', millis }`.
export function read({ to, answer }) {
  const [[of, said]] = Object.entries(answer);
  if (!['Draw', 'Train', 'Judge'].includes(of)) return { to, kind: of, ...said };
  if (typeof said === 'string') return { to, of, kind: said };
  const [[kind, fields]] = Object.entries(said);
  return { to, of, kind, ...(kind === 'Stage' ? { stage: fields } : fields) };
}

// What a request for pictures says unless it says otherwise.
export function pictures(fields = {}) {
  return {
    Pictures: {
      topic: 1,
      network: { of: { Model: 1 }, weights: 'Average' },
      latents: { Seed: { seed: 5n, first: 0, count: 1 } },
      edits: [],
      parts: { attention: true, bits: false, values: false, layer_maps: false, all_rows: false },
      ...fields,
    },
  };
}

// In the page: the worker with the engine in it, and its messages one by one, as text.
async function startWorker() {
  const { pack, unpack } = await import('./packing.mjs');
  const messages = [];
  let arrived = () => {};
  const put = (message) => {
    messages.push(message);
    arrived();
  };
  const next = async (patience) => {
    const arrival = () => new Promise((done) => (arrived = done));
    const timer = setTimeout(() => put({ late: `nothing within ${patience} ms` }), patience);
    while (!messages.length) await arrival();
    clearTimeout(timer);
    const message = messages.shift();
    if (message.late || message.failed || message.crashed) throw new Error(`the engine stopped: ${JSON.stringify(message)}`);
    return pack(message);
  };
  // As little as can be done for each message: this is timed.
  const finish = (text, passing) =>
    new Promise((done, failed) => {
      worker.onmessage = ({ data }) => {
        const [said] = Object.values(data.answer ?? {});
        if (said && passing.includes(Object.keys(said)[0])) return;
        worker.onmessage = listen;
        if (said) done(pack(data));
        else failed(new Error(`the engine stopped: ${JSON.stringify(data)}`));
      };
      post(text);
    });
  const buffers = (value) => {
    if (ArrayBuffer.isView(value)) return [value.buffer];
    return value && typeof value === 'object' ? Object.values(value).flatMap(buffers) : [];
  };
  const post = (text) => {
    const message = unpack(text);
    worker.postMessage(message, buffers(message));
  };
  const gather = async (text, colours) => {
    const message = unpack(text);
    const file = async (colour) => {
      const canvas = new OffscreenCanvas(32, 32);
      const context = canvas.getContext('2d');
      context.fillStyle = colour;
      context.fillRect(0, 0, 32, 32);
      return new File([await canvas.convertToBlob()], `${colour}.png`, { type: 'image/png' });
    };
    message.ask.Train.Gather.files = await Promise.all(colours.map(file));
    worker.postMessage(message);
  };
  globalThis.engine = { post, next, finish, gather, end: () => worker.terminate() };

  const program = await WebAssembly.compileStreaming(fetch('engine_bg.wasm'));
  const worker = new Worker('engine_worker.js');
  const listen = ({ data }) => put(data);
  worker.onmessage = listen;
  worker.onerror = (event) => worker.onmessage({ data: { crashed: event.message } });
  worker.postMessage({ program });
}
