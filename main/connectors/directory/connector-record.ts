import { z } from 'zod';
import type { JsonObject } from '../../../drivers/kit/index.ts';
import { policySchema } from '../../config/index.ts';
import type { Device, ToolDescription } from '../../hardware/index.ts';
import { jsonColumn } from '../../store/index.ts';
import type { Policy } from '../policy/policy-terms.ts';
import { jsonObject } from '../storage/column-shapes.ts';
import type { ConnectorStatus, Health } from './connector.ts';

/** An installed connector as this room knows it. Never changed in place: the directory replaces it. */
export interface ConnectorRecord {
  readonly id: string;
  readonly listing: string;
  readonly kind: 'hardware' | 'saas';
  readonly name: string;
  readonly slug: string;
  /** Null while it waits for a device that matches `config.device`, and for a software source. */
  readonly deviceId: string | null;
  /** As shown: `device` (an id or a match), `unit` on a bus, and the settings that the device side completed. */
  readonly config: JsonObject;
  readonly authType: 'none' | 'api_key' | 'basic' | 'oauth2';
  /** What people are shown of the secret. */
  readonly authHint: string | null;
  /** The vault entry that holds the secret; null without one. */
  readonly secretEntry: string | null;
  readonly policy: Policy;
  readonly protocolSerial: string | null;
  readonly createdAt: string;
  readonly tools: readonly ToolDescription[];
}

/** What a stored row says beside the record: the state it was last seen in. */
export interface StoredConnector {
  readonly record: ConnectorRecord;
  readonly status: ConnectorStatus;
  readonly health: Health | null;
  readonly lastSyncedAt: string | null;
}

const healthSchema: z.ZodType<Health> = z.object({
  state: z.enum(['ok', 'listening', 'starting', 'error']),
  reason: z.string().nullable(),
  message: z.string().nullable(),
  hint: z.string().nullable(),
  since: z.string(),
  last_ok_at: z.string().nullable(),
  cause_id: z.string().nullable(),
});

/** A row of `connectors`. */
export const connectorRowSchema = z
  .object({
    id: z.string(),
    listing: z.string(),
    name: z.string(),
    device_id: z.string().nullable(),
    kind: z.enum(['hardware', 'saas']),
    config: jsonColumn(jsonObject),
    auth_type: z.enum(['none', 'api_key', 'basic', 'oauth2']),
    auth_hint: z.string().nullable(),
    secret_entry: z.string().nullable(),
    policy: jsonColumn(policySchema),
    status: z.enum(['connected', 'pending_auth', 'error']),
    health: jsonColumn(healthSchema).nullable(),
    slug: z.string(),
    protocol_serial: z.string().nullable(),
    created_at: z.string(),
    last_synced_at: z.string().nullable(),
  })
  .transform(
    (row): StoredConnector => ({
      record: {
        id: row.id,
        listing: row.listing,
        kind: row.kind,
        name: row.name,
        slug: row.slug,
        deviceId: row.device_id,
        config: row.config,
        authType: row.auth_type,
        authHint: row.auth_hint,
        secretEntry: row.secret_entry,
        policy: row.policy,
        protocolSerial: row.protocol_serial,
        createdAt: row.created_at,
        tools: [],
      },
      status: row.status,
      health: row.health,
      lastSyncedAt: row.last_synced_at,
    }),
  );

/** The settings that the device side knows: `config` without what says which device. */
export function driverSettings(config: JsonObject): JsonObject {
  const { device: _device, unit: _unit, ...settings } = config;
  return settings;
}

/**
 * What its side effects are done to, for turns and journal: its device, or the connector itself where there is none, a
 * software source. Null while it waits for its device.
 */
export function subjectOf(record: Pick<ConnectorRecord, 'id' | 'kind' | 'deviceId'>): string | null {
  return record.kind === 'saas' ? record.id : record.deviceId;
}

/** The bus address a connector speaks to; null off a bus. */
export function unitOf(config: JsonObject, device: Device | null): number | null {
  const { unit } = config;
  return typeof unit === 'number' ? unit : (device?.unit ?? null);
}

/** The tool of that name: the capability itself, or its MCP spelling with underscores for dots. */
export function findTool(record: ConnectorRecord, name: string): ToolDescription | null {
  return record.tools.find((tool) => tool.capability === name || tool.capability.replaceAll('.', '_') === name) ?? null;
}
