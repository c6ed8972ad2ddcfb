import type { ErrorCode, JsonObject } from '../../../drivers/kit/index.ts';
import type { Device } from '../../hardware/index.ts';

/** What a health message may speak of. */
export interface HealthSubject {
  readonly name: string;
  readonly config: JsonObject;
  readonly device: Device | null;
}

interface HealthWords {
  readonly message: (subject: HealthSubject) => string;
  readonly hint: (subject: HealthSubject) => string;
  /** The device side knows more (the exact command, the exact expectation): its hint comes first. */
  readonly preferGivenHint?: true;
  /** What has to be done is the same whatever the cause: these words stand even where the error names its own. */
  readonly always?: true;
}

/** What a technician is told for each reason; a code that is absent here speaks with its own message. */
export const healthWords: Readonly<Partial<Record<ErrorCode, HealthWords>>> = {
  device_unplugged: {
    message: ({ name }) => `${name} is unplugged.`,
    hint: ({ device }) => {
      if (device === null) return 'Plug it in; it is taken into use by itself.';
      const anywhere = device.identity.confidence === 'serial' || device.identity.confidence === 'protocol_serial';
      return `Plug it back in (${anywhere ? 'any socket' : 'the same socket'}); it works again by itself.`;
    },
  },
  port_busy: {
    message: ({ name, device }) =>
      device?.holder == null
        ? `${name} is used by another program.`
        : `${name} is used by "${device.holder.name}" (process ${device.holder.pid}).`,
    hint: () => 'Close that program; we reconnect by ourselves.',
  },
  permission_denied: {
    message: ({ name }) => `No right to open the port of ${name}.`,
    hint: ({ device }) =>
      `Let the user who runs Fibric Edge open ${device?.path ?? 'the port'} (usually the group dialout), then sign in again.`,
    preferGivenHint: true,
  },
  no_reply: {
    message: ({ name }) => `${name} does not answer.`,
    hint: ({ config }) => {
      const line = describeLine(config);
      return `Is it switched on, is the cable right${line === null ? '?' : `, and is it set to ${line}?`} Then test again.`;
    },
  },
  bad_reply: {
    message: ({ name }) => `${name} answers, but we can't read it.`,
    hint: ({ config }) => {
      if (config['base_url'] !== undefined) return 'Check base_url: it must be the address of the source itself.';
      const line = describeLine(config);
      return `Check speed and parity on the device${line === null ? '' : ` (here: ${line})`}, or choose another driver.`;
    },
  },
  ambiguous_device: {
    message: ({ name }) => `More than one device could be ${name}.`,
    hint: () => 'Tell them apart: choose the device in the settings of the connector.',
    preferGivenHint: true,
  },
  wrong_device: {
    message: ({ name }) => `Another unit is connected where ${name} was.`,
    hint: () => 'Connect the right unit, or install this one as a connector of its own.',
    preferGivenHint: true,
  },
  release_unconfirmed: {
    always: true,
    message: ({ name }) => `${name} may still be unlocked: it could not be switched off.`,
    hint: () =>
      'It is tried again until it works. Look at the door; if it must be safe now, cut the power of the board.',
  },
  vault_unavailable: {
    message: () => 'Secrets are locked.',
    hint: () => 'Unlock the keychain; devices without secrets work on.',
  },
  auth_failed: {
    message: ({ name }) => `${name} rejects its credentials.`,
    hint: ({ name }) => `Give new ones: fibric-edge connectors set ${JSON.stringify(name)} auth`,
    preferGivenHint: true,
  },
};

function describeLine(config: JsonObject): string | null {
  const { baud_rate: speed, data_bits: bits, parity } = config;
  if (typeof speed !== 'number') return null;
  const width = typeof bits === 'number' ? `, ${bits} bits` : '';
  const check = typeof parity === 'string' ? `, ${parity === 'none' ? 'no' : parity} parity` : '';
  return `${speed}${width}${check}`;
}
