import type { Release } from './release.ts';

/** How a newer version gets here. */
export type UpdateWay =
  /** The program fetches it and puts it in its own place: AppImage, Windows, macOS. */
  | { readonly way: 'self'; readonly url: string; readonly key: string }
  /** The system's package manager brings it; the program only notices. */
  | { readonly way: 'package-manager' }
  /** Nobody looks: started from sources, or built without an address. */
  | { readonly way: 'by-hand' };

/** What is known of this program's own place. */
export interface InstallFacts {
  readonly platform: NodeJS.Platform;
  readonly packaged: boolean;
  /** `$APPIMAGE`: the image that this program was started from. */
  readonly appImage: string | null;
  readonly release: Release | null;
}

/** On Linux everything but an AppImage was put there by a package, whose files are not ours to change. */
export function updateWay({ platform, packaged, appImage, release }: InstallFacts): UpdateWay {
  if (!packaged) return { way: 'by-hand' };
  if (platform === 'linux' && appImage === null) return { way: 'package-manager' };
  const source = release?.updates ?? null;
  return source === null ? { way: 'by-hand' } : { way: 'self', ...source };
}
