import type { Place } from '../frame/places.ts';
import { Link } from '../frame/router.tsx';

/** Parts of a place that have an address each: links in a row, the one that is shown marked. */
export function PlaceTabs({
  label,
  tabs,
  current,
}: {
  readonly label: string;
  readonly tabs: readonly { readonly key: string; readonly word: string; readonly to: Place }[];
  readonly current: string;
}) {
  return (
    <nav aria-label={label} className="tabs">
      {tabs.map(({ key, word, to }) => (
        <Link key={key} to={to} aria-current={key === current ? 'page' : undefined}>
          {word}
        </Link>
      ))}
    </nav>
  );
}
