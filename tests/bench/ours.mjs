// The page's own engine: it draws pictures of new seeds, and its status line says how long it took.

const TIME = /pictures? in ([\d.]+) (ms|s)\b/;

// `{ first, rest, pictures }`: milliseconds, and the RGBA bytes of the first drawing.
export async function measure(scope, url, parameters, { runs, seconds }) {
  const state = await scope.open(url, { ...parameters, device: 'gpu' });
  if (state !== 'ready') throw new Error(`the page failed: ${await scope.text('failure')}`);
  const status = await scope.text('status');
  if (/\bCPU\b/.test(status)) throw new Error(`the page draws on the CPU: ${status}`);
  const first = millis(status);
  const pictures = [];
  for (let i = 0; i < parameters.count; i++) pictures.push(await scope.pixels(`sample-${i}`));
  const rest = [];
  const begun = performance.now();
  while (rest.length < runs && (rest.length < 1 || performance.now() - begun < 1000 * seconds)) {
    rest.push(millis(await again(scope)));
  }
  if (scope.complaints.length) throw new Error(scope.complaints.join('\n'));
  return { first, rest, pictures };
}

// Asks for new samples; the status line once they are there.
function again(scope) {
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
