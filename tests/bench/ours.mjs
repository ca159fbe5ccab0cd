// The page's own engine: it draws pictures of new seeds, and its status line says how long it took.

const TIME = /pictures? in ([\d.]+) (ms|s)\b/;

// Opens the page and draws: `{ millis, pictures }`, the pictures as RGBA bytes.
export async function open(scope, url, parameters) {
  const state = await scope.open(url, { ...parameters, device: 'gpu' });
  if (state !== 'ready') throw new Error(`the page failed: ${await scope.text('failure')}`);
  const status = await scope.text('status');
  if (/\bCPU\b/.test(status)) throw new Error(`the page draws on the CPU: ${status}`);
  const pictures = [];
  for (let i = 0; i < parameters.count; i++) pictures.push(await scope.pixels(`sample-${i}`));
  return { millis: millis(status), pictures };
}

// Draws new samples; the milliseconds that the engine took.
export async function again(scope) {
  const status = await redrawn(scope);
  if (scope.complaints.length) throw new Error(scope.complaints.join('\n'));
  return millis(status);
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
