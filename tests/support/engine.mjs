// The engine's worker without the page around it: requests go in and replies come out as the
// protocol has them.

import { decode, encode } from './protocol.mjs';
import { Saganscope } from './saganscope.mjs';

// A page of the site with nothing in it.
const BLANK = 'blank.html';

// How long a software GPU on a busy two-core machine may take over one reply.
const PATIENCE = 240_000;

export class Engine {
  // Starts a worker on the site that `serve` serves; `complaints` is as in Saganscope.
  static async start(browser, site) {
    site.files.set(BLANK, { type: 'text/html', body: Buffer.from('<!doctype html><title>engine</title><link rel="icon" href="data:,">') });
    const scope = await Saganscope.tab(browser);
    await scope.page.goto(site.url + BLANK);
    const [worker] = await Promise.all([
      scope.page.waitForEvent('worker'),
      scope.page.evaluate(startWorker),
    ]);
    return new Engine(scope, worker);
  }

  constructor(scope, worker) {
    this.scope = scope;
    this.worker = worker;
    this.complaints = scope.complaints;
  }

  // Sends a request; its fields are those of support/protocol.mjs.
  async post(kind, fields = {}) {
    await this.scope.page.evaluate((text) => globalThis.engine.post(text), encode(kind, fields).toString('base64'));
  }

  // The next reply.
  async next() {
    try {
      const text = await this.scope.page.evaluate((patience) => globalThis.engine.next(patience), PATIENCE);
      return decode(Buffer.from(text, 'base64'));
    } catch (error) {
      // Where the engine stopped, the console says why.
      throw new Error([error.message, ...this.complaints].join('\n'));
    }
  }

  // Sends a request and collects replies up to the first that is neither a stage nor a picture:
  // that reply, and with it the `others` before it.
  async ask(kind, fields) {
    await this.post(kind, fields);
    const others = [];
    for (;;) {
      const reply = await this.next();
      if (!['stage', 'trainingStage', 'sample'].includes(reply.kind)) return { ...reply, others };
      others.push(reply);
    }
  }

  close() {
    return this.scope.close();
  }
}

// In the page: the worker with the engine in it, and its replies one by one, all as base64, since
// only plain values pass to and from the test.
async function startWorker() {
  const replies = [];
  let arrived = () => {};
  const put = (reply) => {
    replies.push(reply);
    arrived();
  };
  const next = async (patience) => {
    const arrival = () => new Promise((done) => (arrived = done));
    const timer = setTimeout(() => put({ late: `no reply within ${patience} ms` }), patience);
    while (!replies.length) await arrival();
    clearTimeout(timer);
    const reply = replies.shift();
    if (typeof reply === 'string') return reply;
    throw new Error(`the engine stopped: ${JSON.stringify(reply)}`);
  };
  const post = (text) => worker.postMessage(Uint8Array.fromBase64(text));
  globalThis.engine = { post, next };

  const wasm = await (await fetch('engine_bg.wasm')).arrayBuffer();
  const worker = new Worker('engine_worker.js');
  worker.onmessage = ({ data }) => put(data instanceof Uint8Array ? data.toBase64() : data);
  worker.onerror = (event) => put({ crashed: event.message });
  worker.postMessage({ wasm }, [wasm]);
  // Empty: the engine listens.
  if ((await next(60_000)) !== '') throw new Error('the engine does not greet');
}
