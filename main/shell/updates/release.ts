import { readFileSync } from 'node:fs';
import { z } from 'zod';

const releaseSchema = z.object({
  version: z.string().min(1),
  updates: z.object({ url: z.url(), key: z.string().min(1) }).nullable(),
});
/** What a package says of itself, beside its archive: its version, and where newer ones lie and whose they are. */
export type Release = Readonly<z.output<typeof releaseSchema>>;

/** Reads `release.json`; null when there is none that can be read. */
export function readRelease(file: string): Release | null {
  try {
    return releaseSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}
