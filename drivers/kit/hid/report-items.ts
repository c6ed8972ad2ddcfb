/** One item of a report descriptor (HID 1.11 section 6.2.2.2). */
export interface ReportItem {
  readonly type: 'main' | 'global' | 'local' | 'reserved';
  readonly tag: number;
  /** The data as a number without a sign, and with one. */
  readonly unsigned: number;
  readonly signed: number;
  /** Bytes of data: 0, 1, 2 or 4. */
  readonly size: number;
  /** Where the item begins. */
  readonly at: number;
}

const types = ['main', 'global', 'local', 'reserved'] as const;
const LONG_ITEM = 0xfe;

/** The items in order; null at the end when the last one is not whole. Long items (section 6.2.2.3) are defined by nobody and passed over. */
export function* reportItems(bytes: Uint8Array): Iterable<ReportItem | null> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at < bytes.length) {
    const prefix = view.getUint8(at);
    if (prefix === LONG_ITEM) {
      const size = bytes[at + 1];
      if (size === undefined || at + 3 + size > bytes.length) {
        yield null;
        return;
      }
      at += 3 + size;
      continue;
    }
    const size = [0, 1, 2, 4][prefix & 3] ?? 0;
    if (at + 1 + size > bytes.length) {
      yield null;
      return;
    }
    const [unsigned, signed] = valueAt(view, at + 1, size);
    yield { type: types[(prefix >> 2) & 3] ?? 'reserved', tag: prefix >> 4, unsigned, signed, size, at };
    at += 1 + size;
  }
}

function valueAt(view: DataView, at: number, size: number): readonly [number, number] {
  if (size === 1) return [view.getUint8(at), view.getInt8(at)];
  if (size === 2) return [view.getUint16(at, true), view.getInt16(at, true)];
  return size === 4 ? [view.getUint32(at, true), view.getInt32(at, true)] : [0, 0];
}
