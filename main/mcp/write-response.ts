import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** A reader that takes nothing for this long is cut off, so that what waits for it can't grow without end. */
const STUCK_AFTER_MS = 30_000;

/** Writes a web response to a Node one, streams included, at the pace of the reader. Resolves when all is written or the reader has gone. */
export async function writeResponse(response: Response, res: ServerResponse): Promise<void> {
  if (res.destroyed) {
    await response.body?.cancel();
    return;
  }
  const headers = Object.fromEntries(response.headers);
  if (headers['content-type']?.startsWith('text/event-stream') !== true) {
    const body = Buffer.from(await response.arrayBuffer());
    res.writeHead(response.status, { 'Cache-Control': 'no-store', ...headers, 'Content-Length': String(body.length) });
    res.end(body);
    return;
  }
  res.writeHead(response.status, headers);
  res.flushHeaders();
  const reader = response.body?.getReader();
  // An idle stream is let go of when its reader goes, not with its next word.
  res.once('close', () => void reader?.cancel().catch(() => {}));
  try {
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
      if (res.destroyed) return;
      if (!res.write(read.value))
        await once(res, 'drain', { signal: AbortSignal.any([AbortSignal.timeout(STUCK_AFTER_MS), closed(res)]) });
    }
    res.end();
  } catch {
    res.destroy();
  }
}

function closed(res: ServerResponse): AbortSignal {
  const abort = new AbortController();
  if (res.destroyed) abort.abort();
  res.once('close', () => abort.abort());
  return abort.signal;
}
