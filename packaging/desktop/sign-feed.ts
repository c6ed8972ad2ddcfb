import { readFileSync, writeFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { signEntry } from '../../main/shell/updates/signature.ts';

/** Puts a signature into a `latest*.yml`; an older one is replaced. Throws when the file is none, or the key is not one. */
export function signFeed(file: string, keyFile: string): void {
  const feed = parseDocument(readFileSync(file, 'utf8'));
  feed.set('signature', signEntry(feed.toJS(), readFileSync(keyFile, 'utf8')));
  writeFileSync(file, feed.toString({ lineWidth: 0 }));
}
