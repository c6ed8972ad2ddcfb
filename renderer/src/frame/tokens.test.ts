import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');
const themes = ['light', 'dark', 'contrast-dark', 'contrast-light'] as const;

/** The colours of a theme's block, by name. */
function coloursOf(theme: string): ReadonlyMap<string, string> {
  const block = new RegExp(`\\[data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? '';
  return new Map(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** WCAG 2.2, "relative luminance". */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2.2, "contrast ratio". */
function ratio(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((left, right) => right - left);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['page', 'card', 'raised'];
const states = ['ok', 'listen', 'attention', 'error', 'unknown'];
const texts = ['text', 'muted', 'accent', 'off', ...states];
const shapes = ['edge', 'chart-1', 'chart-2', 'chart-3', 'chart-4'];

describe.each(themes)('the colours of %s', (theme) => {
  const colours = coloursOf(theme);
  const of = (name: string) => {
    const found = colours.get(name);
    if (found === undefined) throw new Error(`${theme} has no --${name}`);
    return found;
  };
  const pairs = (names: readonly string[], on: readonly string[]) =>
    names.flatMap((name) => on.map((ground) => [name, ground] as const));

  it('has the tokens that light has', () => {
    expect([...colours.keys()].sort()).toEqual([...coloursOf('light').keys()].sort());
  });

  it.each(pairs(texts, grounds))('reads %s on %s', (name, ground) => {
    expect(ratio(of(name), of(ground))).toBeGreaterThanOrEqual(theme.startsWith('contrast') ? 7 : 4.5);
  });

  it.each([
    ...states.map((name) => [name, `${name}-tint`] as const),
    ...states.map((name) => ['text', `${name}-tint`] as const),
  ])('reads %s on %s', (name, ground) => {
    expect(ratio(of(name), of(ground))).toBeGreaterThanOrEqual(4.5);
  });

  it('reads text on the accent', () => {
    expect(ratio(of('on-accent'), of('accent'))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(pairs(shapes, grounds))('sees %s on %s', (name, ground) => {
    expect(ratio(of(name), of(ground))).toBeGreaterThanOrEqual(3);
  });
});

it('computes ratios as WCAG does', () => {
  expect(ratio('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(ratio('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});
