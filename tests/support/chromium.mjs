// A real headless Chromium, with WebGPU on its bundled software GPU or with none.

import { chromium } from 'playwright-core';
import { required } from './environment.mjs';

const QUIET = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const GPU = {
  // SwiftShader on every machine, so that a developer's GPU and CI see the same numbers.
  swiftshader: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
  // WebGPU finds no adapter, as on Linux without a driver.
  none: ['--disable-gpu', '--disable-features=WebGPU'],
};

// A host that is this machine but not `localhost`: without TLS no secure context, hence no
// `navigator.gpu` at all.
export const INSECURE_HOST = 'saganscope.test';

// Launches the browser that CHROME names; `gpu` is 'swiftshader' or 'none', `more` further arguments.
export function launch(gpu, more = []) {
  return chromium.launch({
    executablePath: required('CHROME', 'a Chromium or Chrome'),
    args: [...QUIET, ...GPU[gpu], ...more, `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`],
  });
}
