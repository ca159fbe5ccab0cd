// The page's own engine: it draws pictures of new seeds, and its status line says how long it took.
// Training has no place on the page yet, so there the engine's worker is asked itself.

import { Engine, pictures } from '../support/engine.mjs';
import { firstPicture, watchPictures } from './first_picture.mjs';

// What the engine calls them.
const DEVICES = { gpu: 'Gpu', cpu: 'Cpu' };

// What one request may ask for.
const MOST_PICTURES = 256;

const TIME = /pictures? in ([\d.]+) (ms|s)\b/;

// Opens the page on a device, `gpu` or `cpu`, and draws: `{ first, appeared, pictures }`, the
// milliseconds of the first drawing and from navigation to the first picture on a canvas, and the
// pictures as RGBA bytes.
export async function open(scope, url, device, parameters) {
  await watchPictures(scope.page);
  const state = await scope.open(url, { ...parameters, device });
  if (state !== 'ready') throw new Error(`the page failed: ${await scope.text('failure')}`);
  const status = await scope.text('status');
  if (/\bCPU\b/.test(status) !== (device === 'cpu')) throw new Error(`the page draws on another device: ${status}`);
  const drawn = [];
  for (let i = 0; i < parameters.count; i++) drawn.push(await scope.pixels(`sample-${i}`));
  return { first: millis(status), appeared: await firstPicture(scope.page), pictures: drawn };
}

// Draws new samples; the milliseconds that the engine took.
export async function again(scope) {
  const status = await redrawn(scope);
  if (scope.complaints.length) throw new Error(scope.complaints.join('\n'));
  return millis(status);
}

// Opens a checkpoint in the engine's worker without the page around it, to draw on a device.
export async function openDrawing(browser, site, device, checkpoint) {
  const engine = await Engine.start(browser, site);
  const opened = await engine.ask('Draw', { Open: { model: 1, checkpoint, name: 'the fixture', device: DEVICES[device] } });
  if (opened.kind !== 'Ready') throw new Error(opened.sentence);
  if (opened.device.gpu !== (device === 'gpu')) throw new Error(`the engine draws on ${opened.device.name}: ${opened.device.note}`);
  return engine;
}

// Draws so many pictures of one seed, without what is told of their maps.
export async function drawMany(engine, count) {
  const parts = { attention: false, bits: false, values: false, layer_maps: false };
  for (let first = 0; first < count; first += MOST_PICTURES) {
    const latents = { Seed: { seed: 1n, first, count: Math.min(MOST_PICTURES, count - first) } };
    const done = await engine.finish('Draw', pictures({ latents, parts }));
    if (done.kind !== 'Done') throw new Error(done.sentence);
  }
  if (engine.complaints.length) throw new Error(engine.complaints.join('\n'));
}

// Opens a training run on a device, and does its first step: the engine, and the milliseconds of it
// all, on the GPU with the compilation by a step that is thrown away.
export async function openTraining(browser, site, device, checkpoint, real) {
  const engine = await Engine.start(browser, site);
  const start = performance.now();
  const opened = await engine.ask('Train', { Open: { run: 1, checkpoint, name: 'the run', device: DEVICES[device] } });
  if (opened.kind !== 'Ready') throw new Error(opened.sentence);
  if (opened.device.gpu !== (device === 'gpu')) throw new Error(`the engine trains on ${opened.device.name}: ${opened.device.note}`);
  await trainStep(engine, real);
  return { engine, millis: performance.now() - start };
}

// One step on these pictures; the milliseconds that the engine took.
export async function trainStep(engine, real) {
  const done = await engine.ask('Train', { Step: { run: 1, real } });
  if (done.kind !== 'Stepped') throw new Error(done.sentence);
  if (engine.complaints.length) throw new Error(engine.complaints.join('\n'));
  return done.millis;
}

// Asks for new samples; the status line once they are there.
function redrawn(scope) {
  return scope.page.evaluate(
    () =>
      new Promise((done) => {
        const status = document.querySelector('[data-testid=status]');
        let drawing = false;
        const look = () => {
          const text = status.innerText;
          if (text.includes('drawing')) drawing = true;
          else if (drawing && / in /.test(text)) {
            observer.disconnect();
            done(text);
          }
        };
        const observer = new MutationObserver(look);
        observer.observe(status, { subtree: true, childList: true, characterData: true });
        document.querySelector('[data-testid=new-samples]').click();
      }),
  );
}

function millis(status) {
  const [, number, unit] = status.match(TIME) ?? [];
  if (!number) throw new Error(`no time in the status line: ${status}`);
  return Number(number) * (unit === 's' ? 1000 : 1);
}
