import { useSpoken } from './announcer.ts';

/** The two regions that a screen reader listens to; in the page from the start, or nothing put in later is heard. */
export function LiveRegions() {
  const { polite, assertive } = useSpoken();
  return (
    <>
      <div className="visually-hidden" aria-live="polite" aria-atomic="true" data-spoken="polite">
        {polite}
      </div>
      <div className="visually-hidden" aria-live="assertive" aria-atomic="true" data-spoken="assertive">
        {assertive}
      </div>
    </>
  );
}
