import { launch } from './support/chromium.mjs';
import { Saganscope } from './support/saganscope.mjs';
import { serve } from './support/site.mjs';
const site = await serve(process.env.DIST);
const b = await launch('swiftshader');
const views = { d1280:[1280,800], d1920:[1920,1000], t820:[820,1180], t1024:[1024,700], p390:[390,844] };
const only = process.argv.slice(2);
for (const [n,[w,h]] of Object.entries(views)) {
  if (only.length && !only.includes(n)) continue;
  const t = await Saganscope.tab(b,{viewport:{width:w,height:h},colorScheme: n==='t1024'?'dark':'light', ...(w<500?{hasTouch:true,isMobile:true}:{})});
  await t.open(site.url,{device:'cpu'});
  await t.page.waitForTimeout(2500);
  await t.page.screenshot({path:`/tmp/look/${n}.png`});
  if (n==='t820') await t.page.screenshot({path:`/tmp/look/${n}-full.png`,fullPage:true});
  if (t.complaints.length) console.log(n, t.complaints);
  await t.close();
}
await b.close(); await site.close();
