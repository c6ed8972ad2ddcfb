import type { PageState, RequestAnswer } from '../../requests.ts';

/** What the preload gives to the shell's own pages. */
export interface ShellBridge {
  state(): Promise<RequestAnswer>;
  onState(listener: (state: PageState) => void): () => void;
  retry(): Promise<RequestAnswer>;
  unlock(pin: string): Promise<RequestAnswer>;
  back(): Promise<RequestAnswer>;
  putBack(): Promise<RequestAnswer>;
  showLogs(): Promise<RequestAnswer>;
  quit(): Promise<RequestAnswer>;
}

declare global {
  interface Window {
    readonly fibricEdgeShell: ShellBridge;
  }
}

/** The element with this id, of this kind; the pages are ours, so that a missing one is a fault. */
export function element<Kind extends HTMLElement>(id: string, kind: abstract new (...args: never[]) => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${id}.`);
  return found;
}

/** Puts the words of the desktop's language where the page names them. */
export function setWords({ words }: PageState): void {
  document.documentElement.lang = words.locale;
  for (const place of document.querySelectorAll<HTMLElement>('[data-word]')) {
    const [group, name = ''] = (place.dataset['word'] ?? '').split('.');
    place.textContent = (group === 'pin' ? words.pin[name] : words.help[name]) ?? '';
  }
}
