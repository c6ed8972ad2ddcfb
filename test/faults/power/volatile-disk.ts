/** What a disk writes as one: a sector is never torn (physical sectors of 4 KiB). */
export const SECTOR_BYTES = 4096;

/** What became of the writes that were in the cache when the power went. */
export interface CacheLoss {
  /** Sectors with writes that were not flushed. */
  readonly unflushed: number;
  /** Of these, how many do not hold what was written to them last. */
  readonly lost: number;
}

/** A disk with a write cache that forgets: what a completed write, a flush and a power cut mean to a machine. */
export interface VolatileDisk {
  readonly sizeBytes: number;
  /** How many flushes have been done. */
  readonly flushes: number;
  /** As the machine sees it, cache included. `offset` and `length` are multiples of {@link SECTOR_BYTES}. */
  read(offset: number, length: number): Uint8Array;
  /** Into the cache; with `forced` (FUA) onto the medium. */
  write(offset: number, data: Uint8Array, forced?: boolean): void;
  /** Everything written so far is on the medium. */
  flush(): void;
  /** Until the power goes it says that it keeps what it is told to, and keeps nothing: as disks do that no journal survives. */
  lie(): void;
  /**
   * The power goes. Each sector that was written since the last flush holds one of the contents it had since then, whichever
   * (`random` decides), as if the disk had written in any order it liked.
   */
  cut(random: () => number): CacheLoss;
}

/** A disk that holds `image`. */
export function createVolatileDisk(image: Uint8Array): VolatileDisk {
  if (image.length % SECTOR_BYTES !== 0) throw new RangeError(`${image.length} bytes are no whole sectors`);
  const medium = Buffer.from(image);
  const seen = Buffer.from(image);
  /** What each sector has held since the last flush, oldest first. */
  const unflushed = new Map<number, Buffer[]>();
  let flushes = 0;
  let lying = false;

  const sectorsOf = (offset: number, length: number): readonly number[] => {
    if (offset % SECTOR_BYTES !== 0 || length % SECTOR_BYTES !== 0 || offset < 0 || offset + length > image.length) {
      throw new RangeError(`${length} bytes at ${offset} are no sectors of this disk`);
    }
    return Array.from({ length: length / SECTOR_BYTES }, (_, index) => offset / SECTOR_BYTES + index);
  };
  const contentOf = (from: Buffer, sector: number) => from.subarray(sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);

  return {
    sizeBytes: image.length,
    get flushes() {
      return flushes;
    },
    read(offset, length) {
      sectorsOf(offset, length);
      return Uint8Array.from(seen.subarray(offset, offset + length));
    },
    write(offset, data, forced = false) {
      const sectors = sectorsOf(offset, data.length);
      seen.set(data, offset);
      for (const sector of sectors) {
        const content = Buffer.from(contentOf(seen, sector));
        if (forced && !lying) {
          medium.set(content, sector * SECTOR_BYTES);
          unflushed.delete(sector);
        } else unflushed.set(sector, [...(unflushed.get(sector) ?? []), content]);
      }
    },
    flush() {
      flushes += 1;
      if (lying) return;
      for (const sector of unflushed.keys()) medium.set(contentOf(seen, sector), sector * SECTOR_BYTES);
      unflushed.clear();
    },
    lie() {
      this.flush();
      lying = true;
    },
    cut(random) {
      let lost = 0;
      for (const [sector, contents] of unflushed) {
        const kept = lying ? 0 : Math.floor(random() * (contents.length + 1));
        const content = contents[kept - 1];
        if (content !== undefined) medium.set(content, sector * SECTOR_BYTES);
        if (kept < contents.length) lost += 1;
      }
      const loss = { unflushed: unflushed.size, lost };
      unflushed.clear();
      lying = false;
      medium.copy(seen);
      return loss;
    },
  };
}
