import { announceAtOnce } from './announcer.ts';

/**
 * Has a screen reader say the value in focus, else the first on the page: what stands there, with its name, its unit,
 * whether it is stable, and its age. `nothing` is said where there is none.
 */
export function speakValue(nothing: string): void {
  const inFocus = document.activeElement?.closest('[data-connector], .course, main');
  const place = inFocus?.querySelector('.facts-live') ?? document.querySelector('main .facts-live');
  const said = place === null ? '' : spoken(place);
  announceAtOnce(said === '' ? nothing : said);
}

/** What a list of values says, in one line. */
function spoken(place: Element): string {
  const name = place.closest('[data-connector]')?.querySelector('.row-link, .tile-name > span')?.textContent ?? '';
  const facts = [...place.querySelectorAll<HTMLElement>('.fact, .age')].map((part) => {
    const stability = part.querySelector<HTMLElement>('.stability')?.title ?? '';
    const text = [...part.childNodes]
      .filter((node) => !(node instanceof Element && node.classList.contains('stability')))
      .map((node) => node.textContent ?? '')
      .join(' ');
    return [part.childElementCount === 0 ? part.textContent : text, stability].filter(Boolean).join(', ');
  });
  return [name, ...facts.filter((fact) => fact?.trim() !== '')].filter(Boolean).join(', ');
}
