// The built site on a host of its own, and a browser, for all tests of a file.

import assert from 'node:assert/strict';
import { after } from 'node:test';

import { launch } from './chromium.mjs';
import { required } from './environment.mjs';
import { Saganscope } from './saganscope.mjs';
import { serve } from './site.mjs';

// Both are closed when the file's tests are over. `gpu` and `more` are as in `launch`. `opener(view)`
// gives a function that opens the page in a new tab on what the view says and whatever else is asked
// for, and waits until it is ready.
export async function hosted(gpu, more) {
  const dist = required('DIST', 'the built site');
  const site = await serve(dist);
  const browser = await launch(gpu, more).catch(async (error) => {
    await site.close();
    throw error;
  });
  after(async () => {
    await browser.close();
    await site.close();
  });
  const opener = (view) => async (parameters, options) => {
    const scope = await Saganscope.tab(browser, options);
    assert.equal(await scope.open(site.url, { ...view, ...parameters }), 'ready');
    return scope;
  };
  return { dist, site, browser, opener };
}
