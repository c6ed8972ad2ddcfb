import { AgentError, describeSerialSettings, type SerialSettings } from '../../../drivers/kit/index.ts';

/** One line setting, as configuration names it. */
export type SettingName = keyof SerialSettings;

/** Line settings as they were found to be, as text; absent: not known. */
export type FoundSettings = Readonly<Partial<Record<SettingName, string>>>;

/**
 * An adapter makes its speed by dividing its clock, and tells the speed it came to. Two ends that differ by more than
 * this don't understand each other: a character of 10 bits drifts by 3/10 of a bit, with the other end's error to come.
 */
const SPEED_TOLERANCE = 0.03;

const settingNames = ['baud_rate', 'data_bits', 'parity', 'stop_bits', 'flow_control'] as const;
const words: Readonly<Record<SettingName, string>> = {
  baud_rate: 'a speed of',
  data_bits: 'data bits:',
  parity: 'parity:',
  stop_bits: 'stop bits:',
  flow_control: 'flow control:',
};

/** The first setting that is not as it was asked for; null when all that is known is. */
export function differingSetting(asked: SerialSettings, found: FoundSettings): SettingName | null {
  return (
    settingNames.find((name) => {
      const seen = found[name];
      if (seen === undefined) return false;
      if (name !== 'baud_rate') return seen !== String(asked[name]);
      return Math.abs(Number(seen) - asked.baud_rate) > asked.baud_rate * SPEED_TOLERANCE;
    }) ?? null
  );
}

/** `who` (a port, a server) did not take a setting: `unsupported_setting`, naming it, what was asked for and what there is instead. */
export function refusedSetting(
  path: string,
  who: string,
  asked: SerialSettings,
  found: FoundSettings,
  name: SettingName,
): AgentError {
  const [expected, seen] = [String(asked[name]), found[name] ?? 'unknown'];
  return new AgentError(
    'unsupported_setting',
    `${who} can't be set to ${describeSerialSettings(asked)}: ${words[name]} ${expected} was refused, it stayed at ${seen}.`,
    {
      hint: `Set the device and this connector to ${name} ${seen} or another one that the adapter supports, or use another adapter.`,
      details: { device: path, setting: name, expected, seen },
    },
  );
}
