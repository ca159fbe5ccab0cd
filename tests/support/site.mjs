// A plain static host for `dist/`, under a sub-path, as any host may serve it. Single files can be
// replaced, cut short or taken away, to see what the page says then.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, resolve, sep } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.safetensors': 'application/octet-stream',
};

const PREFIX = '/somewhere/below/';

// Serves `dist` on a free port of this machine. `files` maps a path inside the site to what is
// sent instead of the file: bytes (a Buffer), `{ type, body }`, or a status code. `requests` lists what was asked for.
export async function serve(dist) {
  const root = resolve(dist);
  const files = new Map();
  const requests = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (!pathname.startsWith(PREFIX)) {
      response.writeHead(404).end();
      return;
    }
    const path = decodeURIComponent(pathname.slice(PREFIX.length)) || 'index.html';
    requests.push(path);
    const instead = files.get(path);
    if (typeof instead === 'number') {
      response.writeHead(instead, { 'content-type': 'text/plain' }).end(`status ${instead}`);
      return;
    }
    try {
      const file = normalize(join(root, path));
      if (!file.startsWith(root + sep)) throw new Error('outside of the site');
      const body = instead?.body ?? instead ?? (await readFile(file));
      const type = instead?.type ?? TYPES[extname(path)] ?? 'application/octet-stream';
      response.writeHead(200, {
        'content-type': type,
        'content-length': body.length,
        'cache-control': 'no-store',
      });
      response.end(body);
    } catch {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}${PREFIX}`,
    files,
    requests,
    close: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  };
}
