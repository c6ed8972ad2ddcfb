import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../drivers/simulator-host/random.ts';
import { createVolatileDisk, SECTOR_BYTES } from './volatile-disk.ts';

const SECTORS = 6;
const blank = () => new Uint8Array(SECTORS * SECTOR_BYTES);
const filled = (value: number, sectors = 1) => new Uint8Array(sectors * SECTOR_BYTES).fill(value);
const marks = (disk: ReturnType<typeof createVolatileDisk>) =>
  Array.from({ length: SECTORS }, (_, sector) => {
    const content = disk.read(sector * SECTOR_BYTES, SECTOR_BYTES);
    expect(new Set(content).size, 'a sector is never torn').toBe(1);
    return content[0];
  });

const step = fc.oneof(
  fc.record({
    do: fc.constant('write' as const),
    sector: fc.nat(SECTORS - 2),
    sectors: fc.integer({ min: 1, max: 2 }),
    forced: fc.boolean(),
  }),
  fc.record({ do: fc.constant('flush' as const) }),
);

describe('a disk with a cache that forgets', () => {
  it('keeps what was flushed or forced, and of the rest what was there at some time since, over any writes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer(), (steps, seed) => {
        const disk = createVolatileDisk(blank());
        const possible = Array.from({ length: SECTORS }, () => [0]);
        steps.forEach((each, index) => {
          if (each.do === 'flush') {
            disk.flush();
            for (const contents of possible) contents.splice(0, contents.length - 1);
            return;
          }
          const value = index + 1;
          disk.write(each.sector * SECTOR_BYTES, filled(value, each.sectors), each.forced);
          for (let sector = each.sector; sector < each.sector + each.sectors; sector += 1) {
            possible[sector] = each.forced ? [value] : [...(possible[sector] ?? []), value];
          }
        });
        expect(marks(disk)).toEqual(possible.map((contents) => contents.at(-1)));
        disk.cut(createRandom(seed));
        for (const [sector, mark] of marks(disk).entries()) expect(possible[sector]).toContain(mark);
      }),
    );
  });

  it('says how much it lost', () => {
    const disk = createVolatileDisk(blank());
    disk.write(0, filled(1, 2));
    expect(disk.cut(() => 0)).toEqual({ unflushed: 2, lost: 2 });
    expect(marks(disk)).toEqual([0, 0, 0, 0, 0, 0]);
    disk.write(0, filled(2, 2));
    disk.flush();
    expect(disk.cut(() => 0)).toEqual({ unflushed: 0, lost: 0 });
    expect(marks(disk).slice(0, 2)).toEqual([2, 2]);
  });

  it('forgets what it said it had flushed, when it lies', () => {
    const disk = createVolatileDisk(blank());
    disk.write(0, filled(1));
    disk.lie();
    disk.write(0, filled(2), true);
    disk.flush();
    expect(marks(disk)[0]).toBe(2);
    disk.cut(() => 0.99);
    expect(marks(disk)[0]).toBe(1);
  });

  it('takes whole sectors of its own only', () => {
    const disk = createVolatileDisk(blank());
    expect(() => disk.write(512, filled(1))).toThrow(RangeError);
    expect(() => disk.read(0, SECTOR_BYTES * (SECTORS + 1))).toThrow(RangeError);
    expect(() => createVolatileDisk(new Uint8Array(1000))).toThrow(RangeError);
  });
});
