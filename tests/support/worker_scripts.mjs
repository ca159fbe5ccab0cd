// Scripts put in front of the engine's worker, to see what its GPU does.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

// The worker's own script, in the site.
export const WORKER = 'engine_worker.js';

// The worker's script with these in front of it.
export async function withScripts(dist, ...scripts) {
  const worker = await readFile(join(dist, WORKER), 'utf8');
  return Buffer.from([...scripts, worker].join('\n'));
}

// Chromium keeps a worker's GPU errors to itself; this makes each one an error on the console.
export const REPORT_GPU_ERRORS = `
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    const device = await requestDevice.apply(this, args);
    device.addEventListener('uncapturederror', (event) => console.error('GPU: ' + event.error.message));
    return device;
  };
`;

// Keeps the text of every WGSL program that is compiled, and what the compiler says of it, for
// `compiledPrograms`.
export const RECORD_PROGRAMS = `
  const createShaderModule = GPUDevice.prototype.createShaderModule;
  globalThis.programs = [];
  GPUDevice.prototype.createShaderModule = function (descriptor) {
    const module = createShaderModule.call(this, descriptor);
    globalThis.programs.push({ code: descriptor.code, module });
    return module;
  };
`;

// What RECORD_PROGRAMS kept in this worker of Playwright's: `{ code, errors }` a program.
export function compiledPrograms(worker) {
  return worker.evaluate(() =>
    Promise.all(
      globalThis.programs.map(async ({ code, module }) => {
        const { messages } = await module.getCompilationInfo();
        const errors = messages.filter(({ type }) => type === 'error');
        return { code, errors: errors.map(({ lineNum, message }) => `line ${lineNum}: ${message}`) };
      }),
    ),
  );
}
