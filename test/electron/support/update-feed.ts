import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';
import { signEntry } from '../../../main/shell/updates/signature.ts';

/** A place on loopback where updates lie, as electron-builder's generic provider has them. */
export interface UpdateFeed {
  readonly url: string;
  /** The public key that a build would carry. */
  readonly key: string;
  /** The paths that were asked for. */
  readonly asked: readonly string[];
  /** What came with the last request. */
  headers(): IncomingHttpHeaders;
  /** Offers a version: its file, and the feed's entry as `change` leaves it before and after it is signed. */
  offer(version: string, file: Buffer, change?: { readonly sha512?: string; readonly unsigned?: boolean }): void;
  close(): Promise<void>;
}

const NAME = 'Fibric-Edge-x64.AppImage';

/** Starts one that offers nothing. */
export async function startUpdateFeed(): Promise<UpdateFeed> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const files = new Map<string, Buffer>();
  const asked: string[] = [];
  let lastHeaders: IncomingHttpHeaders = {};
  const server: Server = createServer(({ url = '/', headers }, response) => {
    lastHeaders = headers;
    const path = new URL(url, 'http://localhost').pathname;
    asked.push(path);
    const body = files.get(path);
    response.writeHead(body === undefined ? 404 : 200, { 'Content-Length': body?.length ?? 0 });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/edge/`,
    key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    asked,
    headers: () => lastHeaders,
    offer(version, file, { sha512, unsigned = false } = {}) {
      const digest = sha512 ?? createHash('sha512').update(file).digest('base64');
      const entry = { version, files: [{ url: NAME, sha512: digest, size: file.length }] };
      const feed = {
        ...entry,
        path: NAME,
        sha512: digest,
        ...(unsigned ? {} : { signature: signEntry(entry, secret) }),
        releaseDate: '2026-11-26T08:00:00.000Z',
      };
      files.clear();
      for (const channel of ['latest-linux.yml', 'latest-linux-arm64.yml'])
        files.set(`/edge/${channel}`, Buffer.from(stringify(feed)));
      files.set(`/edge/${NAME}`, file);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
