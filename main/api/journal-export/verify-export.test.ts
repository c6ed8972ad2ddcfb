import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleEntry } from '../testing/samples.ts';
import { verifyExport } from './verify-export.ts';
import { type ExportFacts, writeExport } from './write-export.ts';

const facts: ExportFacts = {
  installation_id: 'in_1',
  version: '0.1.0',
  epoch: 'ep_1',
  since: null,
  until: '2026-07-03T00:00:00.000Z',
  connector_id: null,
  connectors: null,
  tools: null,
  exported_at: '2026-07-02T15:00:00.000Z',
};

function linesOf(count: number): string[] {
  const entries = Array.from({ length: count }, (_, index) =>
    sampleEntry({ journal_id: `jr_${index}`, summary: `Öffne Tür ${index} \u2028 "a"`, arguments: { n: index } }),
  );
  return [...writeExport(facts, [entries.slice(0, 2), entries.slice(2), []])];
}

async function verify(content: string | Uint8Array, chunkBytes = Number.POSITIVE_INFINITY) {
  const bytes = Buffer.from(content);
  return verifyExport(
    (async function* () {
      for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes);
    })(),
  );
}

describe('an exported journal', () => {
  it.each([0, 1, 5])('with %d entries is whole, however its bytes are cut', async (count) => {
    const lines = linesOf(count);
    const hash = JSON.parse(lines.at(-1) ?? '').hash;
    for (const chunkBytes of [Number.POSITIVE_INFINITY, 1, 7, 1000]) {
      expect(await verify(lines.join(''), chunkBytes)).toMatchObject({ whole: true, count, hash, header: facts });
    }
  });

  it('says where a line was edited', async () => {
    const lines = linesOf(5);
    lines[3] = (lines[3] ?? '').replace('jr_2', 'jr_9');
    expect(await verify(lines.join(''))).toMatchObject({ whole: false, line: 4, fault: 'edited' });
  });

  it('says where something was added to a line that nobody knows', async () => {
    const lines = linesOf(5);
    lines[3] = (lines[3] ?? '').replace('"tool":', '"toll":1,"tool":');
    expect(await verify(lines.join(''))).toMatchObject({ whole: false, line: 4, fault: 'edited' });
  });

  it.each([
    ['the first line', (lines: string[]) => lines.splice(0, 1), { line: 1, fault: 'removed' }],
    ['a line', (lines: string[]) => lines.splice(3, 1), { line: 4, fault: 'removed' }],
    ['two lines', (lines: string[]) => lines.splice(2, 2), { line: 3, fault: 'removed' }],
    ['the trailer', (lines: string[]) => lines.pop(), { line: 7, fault: 'trailer_missing' }],
    ['the last lines', (lines: string[]) => lines.splice(4), { line: 5, fault: 'trailer_missing' }],
    ['everything', (lines: string[]) => lines.splice(0), { line: 1, fault: 'trailer_missing' }],
  ])('says where %s was removed', async (_what, change, expected) => {
    const lines = linesOf(5);
    change(lines);
    expect(await verify(lines.join(''))).toMatchObject({ whole: false, ...expected });
  });

  it('says where lines were exchanged, doubled or added', async () => {
    const [first = '', second = '', third = '', fourth = '', ...rest] = linesOf(5);
    const swapped = [first, third, second, fourth, ...rest].join('');
    expect(await verify(swapped)).toMatchObject({ line: 2, fault: 'reordered' });
    const moved = [first, third, fourth, second, ...rest].join('');
    expect(await verify(moved)).toMatchObject({ line: 2, fault: 'reordered' });
    const doubled = [first, second, second, third, fourth, ...rest].join('');
    expect(await verify(doubled)).toMatchObject({ line: 3, fault: 'reordered' });
    expect(await verify(`${[first, second, third, fourth, ...rest].join('')}\n`)).toMatchObject({
      line: 8,
      fault: 'added',
    });
  });

  it('says that it was cut off within a line', async () => {
    const text = linesOf(5).join('');
    expect(await verify(text.slice(0, -1))).toMatchObject({ line: 7, fault: 'cut_off' });
    expect(await verify(text.slice(0, -40))).toMatchObject({ line: 7, fault: 'cut_off' });
  });

  it('with every hash made anew is another export: the last hash differs', async () => {
    const other = [...writeExport(facts, [[sampleEntry({ journal_id: 'jr_other' })]])].join('');
    const one = await verify([...writeExport(facts, [[sampleEntry({ journal_id: 'jr_1' })]])].join(''));
    const two = await verify(other);
    expect(one.whole && two.whole && one.hash !== two.hash).toBe(true);
  });

  it('shows any single edit of its bytes', async () => {
    const bytes = Buffer.from(linesOf(4).join(''));
    const at = fc.nat({ max: bytes.length - 1 });
    const byte = fc.integer({ min: 0, max: 255 });
    const lineAt = (offset: number) => bytes.subarray(0, offset).toString('latin1').split('\n').length;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.record({ kind: fc.constant('replace' as const), at, byte }),
          fc.record({ kind: fc.constant('insert' as const), at: fc.nat({ max: bytes.length }), byte }),
          fc.record({ kind: fc.constant('delete' as const), at, byte }),
        ),
        async ({ kind, at: offset, byte: value }) => {
          fc.pre(kind !== 'replace' || bytes[offset] !== value);
          const rest = bytes.subarray(kind === 'insert' ? offset : offset + 1);
          const middle = kind === 'delete' ? [] : [value];
          const edited = Buffer.concat([bytes.subarray(0, offset), Buffer.from(middle), rest]);
          const verdict = await verify(edited);
          expect(verdict.whole).toBe(false);
          if (!verdict.whole) expect(Math.abs(verdict.line - lineAt(offset))).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('shows any run of bytes that is taken out, and any two lines that are exchanged', async () => {
    const lines = linesOf(6);
    const text = Buffer.from(lines.join(''));
    const index = fc.nat({ max: lines.length - 1 });
    await fc.assert(
      fc.asyncProperty(
        index,
        index,
        fc.nat({ max: text.length - 1 }),
        fc.nat({ max: 5000 }),
        async (a, b, start, length) => {
          fc.pre(a !== b && length > 0);
          const exchanged = lines.with(a, lines[b] ?? '').with(b, lines[a] ?? '');
          expect(await verify(exchanged.join(''))).toMatchObject({ whole: false });
          const cut = Buffer.concat([text.subarray(0, start), text.subarray(start + length)]);
          expect(await verify(cut)).toMatchObject({ whole: false });
        },
      ),
      { numRuns: 500 },
    );
  });
});
