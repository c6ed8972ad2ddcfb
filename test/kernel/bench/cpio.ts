import { closeSync, lstatSync, openSync, readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const REGULAR = 0o100000;
const FOLDER = 0o040000;
const LINK = 0o120000;

/** Writes an archive as the kernel unpacks it at boot: cpio "newc" (kernel documentation, buffer-format). Everything is root's. */
export interface CpioWriter {
  /** Everything below `folder`, under `at`; `keep` says no to what is left out, by its path below the folder. */
  addFolder(folder: string, at: string, keep?: (path: string) => boolean): void;
  addFile(at: string, data: Uint8Array, mode: number): void;
  addLink(at: string, target: string): void;
  close(): void;
}

/** Begins an archive in a new file. */
export function writeCpio(file: string): CpioWriter {
  const output = openSync(file, 'wx');
  const folders = new Set<string>();
  let inode = 0;

  const entry = (name: string, mode: number, data: Uint8Array) => {
    inode += 1;
    const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, Buffer.byteLength(name) + 1, 0];
    const head = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`;
    writeSync(output, padded(Buffer.from(head)));
    if (data.length > 0) writeSync(output, padded(data));
  };
  const folder = (at: string) => {
    if (at === '' || at === '.' || folders.has(at)) return;
    folder(at.split('/').slice(0, -1).join('/'));
    folders.add(at);
    entry(at, FOLDER | 0o755, new Uint8Array());
  };
  const parentOf = (at: string) => at.split('/').slice(0, -1).join('/');

  const writer: CpioWriter = {
    addFolder(from, at, keep = () => true) {
      const visit = (below: string) => {
        for (const name of readdirSync(join(from, below)).sort()) {
          const path = below === '' ? name : `${below}/${name}`;
          if (!keep(path)) continue;
          const place = at === '' ? path : `${at}/${path}`;
          const stat = lstatSync(join(from, path));
          if (stat.isDirectory()) {
            folder(place);
            visit(path);
          } else if (stat.isSymbolicLink()) writer.addLink(place, readlinkSync(join(from, path)));
          else if (stat.isFile()) writer.addFile(place, readFileSync(join(from, path)), stat.mode & 0o7777);
        }
      };
      visit('');
    },
    addFile(at, data, mode) {
      folder(parentOf(at));
      entry(at, REGULAR | mode, data);
    },
    addLink(at, target) {
      folder(parentOf(at));
      entry(at, LINK | 0o777, Buffer.from(target));
    },
    close() {
      entry('TRAILER!!!', 0, new Uint8Array());
      closeSync(output);
    },
  };
  return writer;
}

/** Filled to a multiple of four bytes, as names and contents are. */
function padded(data: Uint8Array): Uint8Array {
  const rest = data.length % 4;
  return rest === 0 ? data : Buffer.concat([data, new Uint8Array(4 - rest)]);
}
