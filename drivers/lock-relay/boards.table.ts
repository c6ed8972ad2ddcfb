/** A board that this listing can speak to, by what has to be known of it. No board here has a timer of its own. */
export interface Board {
  readonly title: string;
  readonly channels: number;
  readonly dialect:
    | { readonly name: 'lcus' }
    /** `single`: one question for each relay; `all`: one for the whole board. */
    | { readonly name: 'kmtronic'; readonly status: 'single' | 'all' }
    /** What the board answers for its model. */
    | { readonly name: 'devantech'; readonly moduleId: number }
    | { readonly name: 'numato' }
    | { readonly name: 'dcttech' };
}

/** Sources are in README.md, "Manuals". */
export const boards = {
  'lcus-1': { title: 'LCUS-1', channels: 1, dialect: { name: 'lcus' } },
  'lcus-2': { title: 'LCUS-2', channels: 2, dialect: { name: 'lcus' } },
  'lcus-4': { title: 'LCUS-4', channels: 4, dialect: { name: 'lcus' } },
  'lcus-8': { title: 'LCUS-8', channels: 8, dialect: { name: 'lcus' } },
  'kmtronic-1': { title: 'KMTronic USB One Relay', channels: 1, dialect: { name: 'kmtronic', status: 'single' } },
  'kmtronic-2': { title: 'KMTronic USB Two Relay', channels: 2, dialect: { name: 'kmtronic', status: 'single' } },
  'kmtronic-4': { title: 'KMTronic USB Four Relay', channels: 4, dialect: { name: 'kmtronic', status: 'all' } },
  'kmtronic-8': { title: 'KMTronic USB Eight Relay', channels: 8, dialect: { name: 'kmtronic', status: 'all' } },
  'devantech-rly02': { title: 'Devantech USB-RLY02', channels: 2, dialect: { name: 'devantech', moduleId: 10 } },
  'devantech-rly08': { title: 'Devantech USB-RLY08', channels: 8, dialect: { name: 'devantech', moduleId: 8 } },
  'devantech-rly16': { title: 'Devantech USB-RLY16', channels: 8, dialect: { name: 'devantech', moduleId: 9 } },
  'devantech-rly16l': { title: 'Devantech USB-RLY16L', channels: 8, dialect: { name: 'devantech', moduleId: 15 } },
  'numato-1': { title: 'Numato 1 Channel USB Relay Module', channels: 1, dialect: { name: 'numato' } },
  'numato-2': { title: 'Numato 2 Channel USB Relay Module', channels: 2, dialect: { name: 'numato' } },
  'numato-4': { title: 'Numato 4 Channel USB Relay Module', channels: 4, dialect: { name: 'numato' } },
  'numato-8': { title: 'Numato 8 Channel USB Relay Module', channels: 8, dialect: { name: 'numato' } },
  'numato-16': { title: 'Numato 16 Channel USB Relay Module', channels: 16, dialect: { name: 'numato' } },
  'numato-32': { title: 'Numato 32 Channel USB Relay Module', channels: 32, dialect: { name: 'numato' } },
  'dcttech-1': { title: 'dcttech USBRelay1', channels: 1, dialect: { name: 'dcttech' } },
  'dcttech-2': { title: 'dcttech USBRelay2', channels: 2, dialect: { name: 'dcttech' } },
  'dcttech-4': { title: 'dcttech USBRelay4', channels: 4, dialect: { name: 'dcttech' } },
  'dcttech-8': { title: 'dcttech USBRelay8', channels: 8, dialect: { name: 'dcttech' } },
} as const satisfies Record<string, Board>;

/** A key of {@link boards}. */
export type BoardName = keyof typeof boards;

/** Every board's name. */
export const boardNames = Object.keys(boards) as [BoardName, ...BoardName[]];

/** What is known of a board. */
export function boardOf(name: BoardName): Board {
  return boards[name];
}
