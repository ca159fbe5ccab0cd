import { launch } from './support/chromium.mjs';
import { Saganscope } from './support/saganscope.mjs';
import { serve } from './support/site.mjs';
import { begun, enter } from './support/room.mjs';
const site = await serve(process.env.DIST);
const b = await launch('swiftshader');
for (const [n,o] of Object.entries({ tr1280:{viewport:{width:1280,height:800},colorScheme:'dark'}, tr390:{viewport:{width:390,height:844},hasTouch:true,isMobile:true} })) {
  const t = await Saganscope.tab(b,o);
  await enter(t, site);
  await begun(t, 150);
  await t.page.screenshot({path:`/tmp/look/${n}.png`});
  await t.page.screenshot({path:`/tmp/look/${n}-full.png`,fullPage:true});
  console.log(t.complaints);
  await t.close();
}
const t = await Saganscope.tab(b,{viewport:{width:1280,height:800}});
await t.open(site.url,{device:'cpu',model:'faces'});
await t.part('tour').click();
for (let i=1;i<=5;i++) { await t.settled(); await t.page.waitForTimeout(1500); await t.page.screenshot({path:`/tmp/look/tour${i}.png`}); if (i<5) await t.part('tour-next').click(); }
await t.close();
await b.close(); await site.close();
