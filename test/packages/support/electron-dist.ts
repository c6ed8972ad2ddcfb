import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `@electron/fuses` looks for in Electron's program; behind it are a version, a count and one character a fuse. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** As Electron 45 is delivered: runAsNode, NODE_OPTIONS, --inspect, privileges of file:// and the trap handlers are on. */
const DELIVERED = '101100011';

/**
 * A folder that looks like an unpacked Electron to whoever packs it: the program is a script that says what it was started
 * with, and carries a fuse wire. It shows what is packed and how, never that Electron obeys.
 */
export function makeElectronDist(folder: string, version: string): string {
  for (const part of ['locales', 'resources']) mkdirSync(join(folder, part), { recursive: true });
  const wire = Buffer.concat([Buffer.from(SENTINEL), Buffer.from([1, DELIVERED.length]), Buffer.from(DELIVERED)]);
  writeFileSync(
    join(folder, 'electron'),
    Buffer.concat([Buffer.from('#!/bin/sh\necho "pretended Electron: $*"\nexit 0\n'), wire, Buffer.from('\n')]),
  );
  writeFileSync(join(folder, 'chrome-sandbox'), '#!/bin/sh\n');
  for (const program of ['electron', 'chrome-sandbox']) chmodSync(join(folder, program), 0o755);
  writeFileSync(join(folder, 'version'), version);
  writeFileSync(join(folder, 'LICENSE'), 'MIT\n');
  writeFileSync(join(folder, 'LICENSES.chromium.html'), '<p>\n');
  for (const language of ['en-US', 'de', 'es', 'zh-CN', 'fr'])
    writeFileSync(join(folder, 'locales', `${language}.pak`), '');
  writeFileSync(join(folder, 'resources.pak'), '');
  return folder;
}
