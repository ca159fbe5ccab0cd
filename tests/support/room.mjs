// The training room as a visitor handles it, on the CPU unless told otherwise.

import { readFile } from 'node:fs/promises';

import { Saganscope } from './saganscope.mjs';

const PATIENCE = 240_000;

// Goes to the room in this tab.
export async function enter(scope, site, parameters = {}) {
  await scope.page.goto(`${site.url}?${new URLSearchParams({ room: 'train', device: 'cpu', ...parameters })}`);
  await scope.part('world-twins').waitFor({ state: 'attached', timeout: PATIENCE });
}

// A tab in the room, its form filled in for the smallest networks.
export async function room(browser, site, options, parameters) {
  const scope = await Saganscope.tab(browser, options);
  await enter(scope, site, parameters);
  await smallest(scope);
  return scope;
}

export async function smallest(scope) {
  await scope.part('world-twins').evaluate((input) => input.click());
  await scope.choose('picture-size-32');
  await scope.choose('width-of-the-networks-8');
  await scope.choose('pictures-a-step-4');
}

// Waits until the room is in this phase: none, opening, resting or going.
export function phase(scope, word) {
  return scope.page.locator(`[data-testid=training][data-phase=${word}]`).waitFor({ timeout: PATIENCE });
}

export async function step(scope) {
  return Number(await scope.part('run-state').getAttribute('data-step'));
}

// Waits until the run has done at least so many steps: how many it has.
export async function reaches(scope, wanted) {
  const found = await scope.page.waitForFunction((wanted) => {
    const state = document.querySelector('[data-testid=run-state]');
    return Number(state?.dataset.step) >= wanted && state.dataset.step;
  }, wanted, { timeout: PATIENCE });
  return Number(await found.jsonValue());
}

export async function begun(scope, steps = 1) {
  await scope.part('begin').click();
  await phase(scope, 'going');
  return reaches(scope, steps);
}

export async function paused(scope) {
  await scope.part('pause').click();
  await phase(scope, 'resting');
  return step(scope);
}

// Waits until what is shown was drawn after this step, by the run or by the second one.
export function drawnAt(scope, wanted, name = 'drawn-at') {
  return scope.page.locator(`[data-testid=${name}][data-step="${wanted}"]`).waitFor({ timeout: PATIENCE });
}

export async function putAway(scope) {
  await scope.part('put-away').click();
  await phase(scope, 'none');
}

// What is downloaded with this button.
export async function download(scope, part = 'download') {
  const [file] = await Promise.all([scope.page.waitForEvent('download'), scope.part(part).click()]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}
