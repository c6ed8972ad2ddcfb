import type { Database } from '../../store/index.ts';
import { readSetting, writeSetting } from './settings.ts';

const SETTING = 'paused';

/** The global pause of side effects; beats every policy and survives a restart. */
export interface Pause {
  paused(): boolean;
  /** A pause holds from the call on; a resumption from when it is stored. */
  set(paused: boolean): Promise<void>;
}

/** Reads whether actions were paused. */
export function openPause(database: Database): Pause {
  let paused = readSetting(database, SETTING) === 'true';
  return {
    paused: () => paused,
    async set(next) {
      if (next) paused = true;
      await writeSetting(database, SETTING, String(next));
      paused = next;
    },
  };
}
