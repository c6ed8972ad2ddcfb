/**
 * Gives what Swagger UI leaves nameless a name for screen readers, and what scrolls a place in the tab order, now and
 * whenever it draws anew. Returns what ends that.
 */
export function keepAccessible(place: Element): () => void {
  const mend = () => {
    for (const select of place.querySelectorAll('select:not([aria-label])')) {
      const parameter = select.closest('[data-param-name]')?.getAttribute('data-param-name');
      const code = select.closest('[data-code]')?.getAttribute('data-code');
      const named = parameter ?? (code == null ? 'Choice for the request' : `Example or type of the answer ${code}`);
      select.setAttribute('aria-label', named);
    }
    for (const code of place.querySelectorAll('pre:not([tabindex])')) code.setAttribute('tabindex', '0');
  };
  const observer = new MutationObserver(mend);
  observer.observe(place, { childList: true, subtree: true });
  mend();
  return () => observer.disconnect();
}
