import { fileURLToPath } from 'node:url';
import { type NativeImage, nativeImage } from 'electron/common';
import { nativeTheme } from 'electron/main';
import type { TrayShape } from '../verdict.ts';

const icons = new URL('../icons/', import.meta.url);

/** The icon of a shape for this desktop's panel; drawn by `setup/draw-icons.mjs`. */
export function trayIcon(shape: TrayShape, platform: NodeJS.Platform): NativeImage {
  const path = (name: string) => fileURLToPath(new URL(name, icons));
  if (platform === 'darwin') {
    const image = nativeImage.createFromPath(path(`${shape}Template.png`));
    image.setTemplateImage(true);
    return image;
  }
  if (platform === 'win32') {
    const tone = nativeTheme.shouldUseDarkColorsForSystemIntegratedUI ? 'light' : 'dark';
    return nativeImage.createFromPath(path(`${shape}-${tone}.ico`));
  }
  // Nothing tells how dark a Linux panel is: this one has an edge that shows on both.
  return nativeImage.createFromPath(path(`${shape}-outlined.png`));
}

/** The program's own icon, for the window. */
export function appIcon(): NativeImage {
  return nativeImage.createFromPath(fileURLToPath(new URL('app-256.png', icons)));
}
