import type { TrayItem } from '../tray-item.ts';
import type { UpdateWords } from '../words/update-words.table.ts';
import type { UpdateFacts } from './update-facts.ts';

/** The tray's lines about updates; none while there is nothing to say. */
export function updateItems(
  { phase, version, percent, hold, result, canPutBack }: UpdateFacts,
  words: UpdateWords,
): readonly TrayItem[] {
  const page = { do: 'open', place: '/settings/updates' } as const;
  const items: TrayItem[] = [];
  if (result?.outcome === 'agent-down' || result?.outcome === 'not-taken')
    items.push({ kind: 'action', id: 'update:failed', label: words.failed(result.to), command: page });
  if (canPutBack && result !== null) {
    const command = { do: 'put-back' } as const;
    items.push({ kind: 'action', id: 'update:back', label: words.putBack(result.from), command });
  }
  if (version === null) return items;
  switch (phase) {
    case 'fetching':
      items.push({ kind: 'text', id: 'update', label: words.fetching(version, percent ?? 0) });
      break;
    case 'installing':
      items.push({ kind: 'text', id: 'update', label: words.installing(version) });
      break;
    case 'ready':
    case 'restart': {
      const waits = hold?.for === 'actions';
      const label = waits ? words.waits(version) : phase === 'ready' ? words.ready(version) : words.restart(version);
      items.push({ kind: 'action', id: 'update', label, command: waits ? page : { do: 'update' } });
      break;
    }
    case 'idle':
    case 'looking':
    case 'proving':
      break;
  }
  return items;
}
