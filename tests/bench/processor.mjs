// The processor time of one picture. On a machine that does other things beside, the time on the
// clock says little; the time that the browser's own processes had the processor says more.

// Chromium counts in hundredths of a second: long rounds, so that one of them is a percent at most.
const ROUND_MS = 1000;

// The contestants draw in turn, a round each; `{ many }` draws so many pictures one after the other.
// For each contestant its least time a picture, in milliseconds. All of the browser's tabs count, so
// nothing else may run in them.
export async function processorTimes(browser, contestants, rounds) {
  const session = await browser.newBrowserCDPSession();
  const spent = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const tabs = processInfo.filter(({ type }) => type === 'renderer');
    return tabs.reduce((sum, { cpuTime }) => sum + 1000 * cpuTime, 0);
  };
  const measure = async (many, count) => {
    const before = await spent();
    await many(count);
    return (await spent()) - before;
  };
  const counts = [];
  for (const { many } of contestants) {
    // Long enough for the wasm to be compiled a second time, for speed.
    await measure(many, 100);
    counts.push(Math.ceil((ROUND_MS * 40) / Math.max(await measure(many, 40), 10)));
  }
  const times = contestants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { many }] of contestants.entries()) {
      times[index].push((await measure(many, counts[index])) / counts[index]);
    }
  }
  await session.detach();
  return times.map((times) => Math.min(...times));
}
