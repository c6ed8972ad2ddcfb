/**
 * Draws the icons of tray and program from shapes, so that every size is exact and no picture has to be kept by hand:
 * a plug in outline, with a mark of the state cut out of its lower right. Told apart in one colour at 16 pixels.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';

/** Distances to shapes, in a square of 32 by 32 units with y downwards: below 0 is inside. */
const disc = (x, y, r) => (px, py) => Math.hypot(px - x, py - y) - r;
const box =
  (x0, y0, x1, y1, round = 0) =>
  (px, py) => {
    const dx = Math.abs(px - (x0 + x1) / 2) - (x1 - x0) / 2 + round;
    const dy = Math.abs(py - (y0 + y1) / 2) - (y1 - y0) / 2 + round;
    return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - round;
  };
const line = (x0, y0, x1, y1, width) => (px, py) => {
  const along = ((px - x0) * (x1 - x0) + (py - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(px - x0 - t * (x1 - x0), py - y0 - t * (y1 - y0)) - width / 2;
};
const polygon =
  (...points) =>
  (px, py) => {
    let inside = false;
    let nearest = Number.POSITIVE_INFINITY;
    for (let index = 0; index < points.length; index += 1) {
      const [x0, y0] = points[index];
      const [x1, y1] = points[(index + 1) % points.length];
      nearest = Math.min(nearest, line(x0, y0, x1, y1, 0)(px, py));
      if (y0 > py !== y1 > py && px < ((x1 - x0) * (py - y0)) / (y1 - y0) + x0) inside = !inside;
    }
    return inside ? -nearest : nearest;
  };
const union =
  (...shapes) =>
  (px, py) =>
    Math.min(...shapes.map((shape) => shape(px, py)));
const minus = (shape, hole) => (px, py) => Math.max(shape(px, py), -hole(px, py));
const grown = (shape, by) => (px, py) => shape(px, py) - by;
const outline = (shape, width) => (px, py) => Math.abs(shape(px, py)) - width / 2;

const plugBody = minus(union(box(6, 10, 26, 20, 2), disc(16, 19, 8)), box(0, 0, 32, 10));
const prongs = union(box(9.5, 2, 12.5, 10, 1), box(19.5, 2, 22.5, 10, 1));
const cord = line(16, 27, 16, 31, 3);
const plug = union(outline(grown(plugBody, -1), 3), prongs, cord);
/** Every second bit of the outline, as dots. */
const dottedPlug = union(
  ...[
    [7, 11],
    [12.5, 11],
    [19.5, 11],
    [25, 11],
    [25, 16.5],
    [23, 22],
    [18.5, 25.5],
    [13.5, 25.5],
    [9, 22],
    [7, 16.5],
  ].map(([x, y]) => disc(x, y, 1.7)),
  prongs,
  cord,
);

/** Room for a mark: what of the plug would touch it is cut away. */
const marked = (mark, room = disc(23, 23, 11)) => union(minus(plug, room), mark);

/** One shape a state; the names are those of `main/shell/verdict.ts`. */
export const trayShapes = {
  working: plug,
  starting: dottedPlug,
  paused: marked(union(box(17.5, 16, 21.5, 30, 1), box(24.5, 16, 28.5, 30, 1)), box(14.5, 13, 34, 34)),
  attention: marked(
    minus(
      grown(polygon([23, 16.5], [30, 29], [16, 29]), 1.5),
      union(box(21.7, 19.5, 24.3, 24.8, 1), disc(23, 27.4, 1.5)),
    ),
    union(grown(polygon([23, 13], [34, 31], [12, 31]), 3), box(22, 11, 34, 34)),
  ),
  unknown: marked(
    minus(
      grown(polygon([23, 14.5], [31, 23], [23, 31], [15, 23]), 0.8),
      union(
        disc(23, 27, 1.4),
        box(21.9, 22.2, 24.1, 24.8, 0.8),
        minus(outline(disc(23, 20.4, 2.2), 1.9), box(18, 20.6, 22.2, 26)),
      ),
    ),
    grown(polygon([23, 13], [33, 23], [23, 33], [13, 23]), 2),
  ),
  approval: marked(union(outline(disc(23, 23, 6.8), 2.6), line(23, 23, 23, 19, 2.2), line(23, 23, 26, 24.6, 2.2))),
  stopped: union(minus(plug, line(2, 4, 30, 30, 9)), line(3, 4, 29, 29, 3.2)),
};

const SUPERSAMPLES = 4;

/** How much of each pixel lies inside, 0 to 1. */
function coverage(shape, size) {
  const scale = 32 / size;
  const covered = new Float64Array(size * size);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      // Far from every edge the middle speaks for the whole pixel.
      const middle = shape((x + 0.5) * scale, (y + 0.5) * scale);
      if (Math.abs(middle) > scale) {
        covered[y * size + x] = middle < 0 ? 1 : 0;
        continue;
      }
      let inside = 0;
      for (let sy = 0; sy < SUPERSAMPLES; sy += 1) {
        for (let sx = 0; sx < SUPERSAMPLES; sx += 1) {
          const px = (x + (sx + 0.5) / SUPERSAMPLES) * scale;
          const py = (y + (sy + 0.5) / SUPERSAMPLES) * scale;
          if (shape(px, py) <= 0) inside += 1;
        }
      }
      covered[y * size + x] = inside / SUPERSAMPLES ** 2;
    }
  }
  return covered;
}

/** Layers of `{shape, colour}` over each other, the first at the bottom. */
function draw(layers, size) {
  const data = new Uint8Array(size * size * 4);
  const covers = layers.map(({ shape }) => coverage(shape, size));
  for (let pixel = 0; pixel < size * size; pixel += 1) {
    let [r, g, b, alpha] = [0, 0, 0, 0];
    layers.forEach(({ colour }, index) => {
      const over = covers[index][pixel];
      const next = over + alpha * (1 - over);
      if (next === 0) return;
      const mix = (below, above) => (above * over + below * alpha * (1 - over)) / next;
      [r, g, b, alpha] = [mix(r, colour[0]), mix(g, colour[1]), mix(b, colour[2]), next];
    });
    data.set([r, g, b, alpha * 255].map(Math.round), pixel * 4);
  }
  return encode({ width: size, height: size, data, channels: 4 });
}

/** Windows' icon file: PNGs behind a table (ICONDIR; PNG entries since Windows Vista). */
function ico(images) {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(({ size, png }, index) => {
    const at = 6 + 16 * index;
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...images.map(({ png }) => png)]);
}

/** macOS' icon file: PNGs, each behind a type that names its size. */
function icns(images) {
  const types = { 16: 'icp4', 32: 'icp5', 128: 'ic07', 256: 'ic08', 512: 'ic09', 1024: 'ic10' };
  const chunks = images.map(({ size, png }) => {
    const head = Buffer.alloc(8);
    head.write(types[size], 0, 'latin1');
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const head = Buffer.alloc(8);
  head.write('icns', 0, 'latin1');
  head.writeUInt32BE(8 + chunks.reduce((sum, { length }) => sum + length, 0), 4);
  return Buffer.concat([head, ...chunks]);
}

const ink = [0x14, 0x18, 0x1f];
const white = [0xff, 0xff, 0xff];
const blue = [0x0b, 0x57, 0xd0];

const tile = box(1, 1, 31, 31, 7);
/** The plug at three fifths of the tile. */
const small = (px, py) => plug((px - 16) / 0.62 + 16, (py - 16) / 0.62 + 16) * 0.62;
const appLayers = [
  { shape: tile, colour: blue },
  { shape: small, colour: white },
];

/** Sizes at 100, 125, 150 and 200 %, as Electron names them. */
const scales = [
  { size: 16, suffix: '' },
  { size: 20, suffix: '@1.25x' },
  { size: 24, suffix: '@1.5x' },
  { size: 32, suffix: '@2x' },
];

/**
 * Draws everything into two folders: what the program shows, and what the packages are built with.
 * @param {string} trayFolder
 * @param {string} buildFolder
 */
export function drawIcons(trayFolder, buildFolder) {
  for (const folder of [trayFolder, buildFolder]) mkdirSync(folder, { recursive: true });
  const put = (folder, name, bytes) => writeFileSync(join(folder, name), bytes);
  for (const [name, shape] of Object.entries(trayShapes)) {
    const tones = { light: [{ shape, colour: white }], dark: [{ shape, colour: ink }] };
    const outlined = [
      { shape: grown(shape, 1.6), colour: ink },
      { shape, colour: white },
    ];
    for (const { size, suffix } of scales) put(trayFolder, `${name}-outlined${suffix}.png`, draw(outlined, size));
    for (const [tone, layers] of Object.entries(tones)) {
      put(trayFolder, `${name}-${tone}.ico`, ico(scales.map(({ size }) => ({ size, png: draw(layers, size) }))));
    }
    for (const [size, suffix] of [
      [16, ''],
      [32, '@2x'],
    ]) {
      put(trayFolder, `${name}Template${suffix}.png`, draw([{ shape, colour: [0, 0, 0] }], size));
    }
  }
  const app = [16, 24, 32, 48, 64, 128, 256, 512, 1024].map((size) => ({ size, png: draw(appLayers, size) }));
  const of = (...sizes) => app.filter(({ size }) => sizes.includes(size));
  for (const { size, png } of app) put(buildFolder, `${size}x${size}.png`, png);
  put(buildFolder, 'icon.ico', ico(of(16, 24, 32, 48, 64, 128, 256)));
  put(buildFolder, 'icon.icns', icns(of(16, 32, 128, 256, 512, 1024)));
  for (const { png } of of(256)) put(trayFolder, 'app-256.png', png);
}
