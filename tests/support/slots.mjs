// The files in which the engine keeps runs, in the tab's own storage.

// Cuts the newest of these slots short, once the worker is ended: its name.
export async function cutNewest(engine, names, left) {
  await engine.scope.page.evaluate(() => globalThis.engine.end());
  return engine.scope.page.evaluate(async ({ names, left }) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('saganscope');
    const slots = await Promise.all(names.map(async (name) => {
      const handle = await folder.getFileHandle(name);
      const file = await handle.getFile();
      const number = new DataView(await file.slice(8, 16).arrayBuffer()).getUint32(0, true);
      return { name, handle, number, size: file.size };
    }));
    const [newest] = slots.sort((a, b) => b.number - a.number);
    for (let attempt = 0; ; attempt++) {
      try {
        const writer = await newest.handle.createWritable({ keepExistingData: true });
        await writer.truncate(Math.floor(left * newest.size));
        await writer.close();
        return newest.name;
      } catch (error) {
        // The worker's file may still be closing.
        if (attempt > 20) throw error;
        await new Promise((done) => setTimeout(done, 100));
      }
    }
  }, { names, left });
}

// A file of the tab's storage: its bytes, as a Buffer; and putting one there.
export async function readFile(page, name) {
  const text = await page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('saganscope');
    const file = await (await folder.getFileHandle(name)).getFile();
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  }, name);
  return Buffer.from(text, 'base64');
}

export function writeFile(page, name, bytes) {
  return page.evaluate(async ({ name, text }) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('saganscope', { create: true });
    const handle = await folder.getFileHandle(name, { create: true });
    const writer = await handle.createWritable();
    await writer.write(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
    await writer.close();
  }, { name, text: bytes.toString('base64') });
}

export function removeFile(page, name) {
  return page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    await (await root.getDirectoryHandle('saganscope')).removeEntry(name);
  }, name);
}

// Leaves only the first bytes of a file.
export function cut(page, name, length) {
  return page.evaluate(async ({ name, length }) => {
    const root = await navigator.storage.getDirectory();
    const handle = await (await root.getDirectoryHandle('saganscope')).getFileHandle(name);
    const writer = await handle.createWritable({ keepExistingData: true });
    await writer.truncate(length);
    await writer.close();
  }, { name, length });
}
