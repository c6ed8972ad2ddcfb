import type { RegisterMap } from '../register-map.ts';
import { waveshareRelay8 } from './waveshare-relay-8.table.ts';
import { xyMd02 } from './xy-md02.table.ts';

/** Every map that is shipped, by id. A new model is added here. */
export const registerMaps = {
  'waveshare-relay-8': waveshareRelay8,
  'xy-md02': xyMd02,
} as const satisfies Record<string, RegisterMap>;

/** The id of a shipped map. */
export type MapName = keyof typeof registerMaps;

/** Map ids in order, for schemas and messages. */
export const mapNames = ['waveshare-relay-8', 'xy-md02'] as const satisfies readonly MapName[];
