import { createRequire } from 'node:module';
import { z } from 'zod';

/** The version in `package.json`, wherever the package lies. */
export function readVersion(): string {
  const require = createRequire(import.meta.url);
  for (const place of ['../../package.json', '../../../package.json']) {
    try {
      return z.object({ version: z.string() }).parse(require(place)).version;
    } catch {
      // Not there: it runs compiled, one folder deeper, or from its sources.
    }
  }
  return '0.0.0';
}
