import type { ReceiptLayout } from './layout.ts';

/** What a person should know of a receipt before it is printed. */
export function receiptNotes({ items, missing, changedDots }: ReceiptLayout): readonly string[] {
  return [
    ...(missing.length === 0 ? [] : [`The printer does not have ${missing.join(' ')}: each is printed as ?.`]),
    ...(changedDots === 0 ? [] : [`${changedDots} dots of pictures are blackened, since they would read as commands.`]),
    ...(items.some((item) => item.kind === 'drawer') ? ['It also opens the cash drawer.'] : []),
    ...(items.some((item) => item.kind === 'raw') ? ['It holds raw printer commands, which are not drawn.'] : []),
  ];
}
