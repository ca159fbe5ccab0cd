import { launch } from './support/chromium.mjs';
import { Saganscope } from './support/saganscope.mjs';
import { serve } from './support/site.mjs';
const site = await serve(process.env.DIST);
const browser = await launch('none');
const jobs = [
  ['lose', 1280, 800, 'light', { sample: 0, pins: '22.28', layer: 2, read: 'lose' }],
  ['lose-m', 390, 844, 'dark', { sample: 0, pins: '22.28', layer: 2, read: 'lose', way: 'to' }],
  ['flow', 1280, 800, 'dark', { sample: 0, region: '18.24_26.31', region2: '36.24_44.31', layer: 2 }],
  ['flow-m', 390, 844, 'light', { sample: 0, region: '18.24_26.31', region2: '36.24_44.31', layer: 2 }],
  ['judge', 1280, 800, 'light', { sample: 0, pins: '22.28', layer: 2, judge: 1 }],
  ['judge-m', 390, 844, 'dark', { sample: 0, pins: '22.28', layer: 2, judge: 1 }],
].filter(([name]) => !process.argv[2] || process.argv.slice(2).includes(name));
for (const [name, width, height, colorScheme, { judge, ...parameters }] of jobs) {
  const scope = await Saganscope.tab(browser, { viewport: { width, height }, colorScheme });
  await scope.open(site.url, { seed: 1, count: 4, device: 'cpu', ...parameters });
  if (judge) {
    await scope.part('judge-summary').click();
    await scope.page.locator('[data-testid=judge-says][aria-busy=false]').waitFor({ timeout: 120000 });
  } else await scope.part('heat-1').waitFor();
  await scope.page.waitForTimeout(800);
  await scope.page.screenshot({ path: `/tmp/x1s/${name}.png`, fullPage: width < 500 });
  if (judge) await scope.part('judge').screenshot({ path: `/tmp/x1s/${name}-panel.png` });
  console.log(name, await scope.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]), scope.complaints);
  await scope.close();
}
await browser.close(); await site.close(); process.exit(0);
