import { z } from 'zod';
import type { DeviceMemory } from '../hardware/index.ts';
import type { Database } from '../store/index.ts';

const rowSchema = z.object({ id: z.string(), data: z.string() });
const dataSchema = z.record(z.string(), z.json());

/** Keeps what the device side must know again after a restart in the agent's store. */
export function createDeviceMemory(state: Database): DeviceMemory {
  return {
    async load() {
      return state.read(rowSchema, 'SELECT id, data FROM devices').flatMap(({ id, data }) => {
        const parsed = dataSchema.safeParse(parseJson(data));
        return parsed.success ? [{ id, data: parsed.data }] : [];
      });
    },
    async forget(deviceId) {
      await state.write([{ sql: 'DELETE FROM devices WHERE id = :id', parameters: { id: deviceId } }]);
    },
    async save({ id, data }) {
      await state.write([
        {
          sql: 'INSERT INTO devices (id, data) VALUES (:id, :data) ON CONFLICT (id) DO UPDATE SET data = excluded.data',
          parameters: { id, data: JSON.stringify(data) },
        },
      ]);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
