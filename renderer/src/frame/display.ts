import { useSyncExternalStore } from 'react';

/** How the page looks, as a person chose it; kept in this browser. */
export interface Display {
  readonly theme: 'system' | 'light' | 'dark' | 'contrast-light' | 'contrast-dark';
  /** How large what is pressed is. */
  readonly density: 'desk' | 'touch' | 'gloves';
  readonly motion: 'system' | 'none';
  /** Whether single keys (`/`, `?`, `g` and a letter) do something. */
  readonly keys: 'on' | 'off';
}

/** What each part may be. */
export const displayChoices = {
  theme: ['system', 'light', 'dark', 'contrast-light', 'contrast-dark'],
  density: ['desk', 'touch', 'gloves'],
  motion: ['system', 'none'],
  keys: ['on', 'off'],
} as const satisfies { readonly [Part in keyof Display]: readonly Display[Part][] };

const STORAGE_KEY = 'fibric-edge.display';
const coarse = window.matchMedia('(pointer: coarse)');
const dark = window.matchMedia('(prefers-color-scheme: dark)');
const contrast = window.matchMedia('(prefers-contrast: more)');

const parts = Object.keys(displayChoices) as (keyof Display)[];
const fallback = (): Display => ({
  theme: 'system',
  density: coarse.matches ? 'touch' : 'desk',
  motion: 'system',
  keys: 'on',
});

function kept(): Display {
  const whole: Record<string, string> = { ...fallback() };
  try {
    const found: Readonly<Record<string, unknown>> = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}');
    for (const part of parts) {
      const choices: readonly string[] = displayChoices[part];
      const value = found[part];
      if (typeof value === 'string' && choices.includes(value)) whole[part] = value;
    }
  } catch {
    // What is kept there is nothing of ours: the page looks as it does at first.
  }
  return whole as unknown as Display;
}

let display: Display = kept();
const listeners = new Set<() => void>();

/** The theme that is meant by `system` on this machine now. */
function themeNow(theme: Display['theme']): string {
  if (theme !== 'system') return theme;
  return `${contrast.matches ? 'contrast-' : ''}${dark.matches ? 'dark' : 'light'}`;
}

let heldDensity: Display['density'] | null = null;

function show(): void {
  const { dataset } = document.documentElement;
  dataset['theme'] = themeNow(display.theme);
  dataset['density'] = heldDensity ?? display.density;
  dataset['motion'] = display.motion;
}

/** Shows the page as it was chosen, and follows the system where that was chosen. */
export function startDisplay(): void {
  show();
  for (const query of [dark, contrast]) query.addEventListener('change', show);
}

/** Changes one part, shows it and keeps it. */
export function chooseDisplay(change: Partial<Display>): void {
  display = { ...display, ...change };
  localStorage.setItem(STORAGE_KEY, JSON.stringify(display));
  show();
  for (const listener of listeners) listener();
}

/** Shows the page with buttons of this size, whatever was chosen, until what it returns is called. */
export function holdDensity(density: Display['density']): () => void {
  heldDensity = density;
  show();
  return () => {
    heldDensity = null;
    show();
  };
}

/** How the page looks now. */
export function currentDisplay(): Display {
  return display;
}

/** How the page looks; the component is drawn again when it changes. */
export function useDisplay(): Display {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentDisplay);
}
