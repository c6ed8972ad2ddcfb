/** A screen of the hub's page. */
export type Place =
  | { readonly at: 'machines' }
  | { readonly at: 'machine'; readonly id: string }
  | { readonly at: 'pair' }
  | { readonly at: 'enrolments' }
  | { readonly at: 'keys' }
  | { readonly at: 'settings' };

/** The screen of a path; what is none is the list of machines. */
export function placeOf(path: string): Place {
  const [first = '', second = ''] = path.split('/').slice(1);
  switch (first) {
    case 'machines':
      return second === '' ? { at: 'machines' } : { at: 'machine', id: decodeURIComponent(second) };
    case 'pair':
    case 'enrolments':
    case 'keys':
    case 'settings':
      return { at: first };
    default:
      return { at: 'machines' };
  }
}

/** The path of a screen. */
export function pathOf(place: Place): string {
  if (place.at === 'machines') return '/';
  return place.at === 'machine' ? `/machines/${encodeURIComponent(place.id)}` : `/${place.at}`;
}
