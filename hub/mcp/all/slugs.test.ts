import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type HubStore, openHubStore } from '../../../main/store/index.ts';
import { hubMigrations } from '../../migrations.table.ts';
import { createSlugs, type LocalSlug } from './slugs.ts';

const place = { tenantId: 't_1', mode: 'test' } as const;
const log = { info() {}, warn() {}, error() {} };
const dirs: string[] = [];
const stores: HubStore[] = [];

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

async function open(dataDir = mkdtempSync(join(tmpdir(), 'edge-slugs-'))) {
  dirs.push(dataDir);
  const store = await openHubStore({ dataDir, log, migrations: hubMigrations });
  stores.push(store);
  const agent = (id: string) => ({
    sql: `INSERT OR IGNORE INTO agents (id, tenant_id, mode, name, public_key, grants, version, paired_at, paired_by)
          VALUES (:id, 't_1', 'test', :id, :id, '{}', '1', '', '')`,
    parameters: { id },
  });
  await store.database.write([
    { sql: `INSERT OR IGNORE INTO tenants (id, name, created_at) VALUES ('t_1', 'acme', '')` },
    agent('agt_1'),
    agent('agt_2'),
    agent('agt_3'),
  ]);
  return { dataDir, store, slugs: createSlugs(store.database) };
}

const scale = (agent: 1 | 2 | 3, slug = 'front_scale', agentName = `packing-${agent}`): LocalSlug => ({
  agentId: `agt_${agent}`,
  agentName,
  slug,
});

describe('names of all connectors of a hub', () => {
  it('are those of the machine, and say which machine where another has them', async () => {
    const { slugs } = await open();
    await slugs.assign(place, [scale(1)]);
    await slugs.assign(place, [scale(1), scale(2), scale(3, 'front_scale', 'packing-2')]);
    expect([scale(1), scale(2), scale(3)].map((local) => slugs.get(local))).toEqual([
      'front_scale',
      'front_scale_packing_2',
      'front_scale_2',
    ]);
    expect(slugs.get({ agentId: 'agt_9', slug: 'front_scale' })).toBeNull();
  });

  it('mean the same after a restart, also those of machines that are gone', async () => {
    const first = await open();
    await first.slugs.assign(place, [scale(1), scale(2)]);
    await first.store.close();
    stores.splice(0);
    const { slugs } = await open(first.dataDir);
    await slugs.assign(place, [scale(3)]);
    expect(slugs.get(scale(1))).toBe('front_scale');
    expect(slugs.get(scale(3))).toBe('front_scale_packing_3');
  });

  it('are given once to who is asked for twice at the same time', async () => {
    const { slugs } = await open();
    await Promise.all([slugs.assign(place, [scale(1)]), slugs.assign(place, [scale(1)])]);
    expect(slugs.get(scale(1))).toBe('front_scale');
  });

  it('are short, plain and different, whatever machines say', async () => {
    const { slugs } = await open();
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.constantFrom<1 | 2 | 3>(1, 2, 3), fc.string({ unit: 'grapheme', maxLength: 60 })), {
          maxLength: 12,
          selector: ([agent, slug]) => `${agent}/${slug}`,
        }),
        fc.string({ maxLength: 60 }),
        async (locals, agentName) => {
          const wanted = locals.map(([agent, slug]) => scale(agent, slug, agentName));
          await slugs.assign(place, wanted);
          const given = wanted.map((local) => slugs.get(local));
          for (const slug of given) expect(slug).toMatch(/^[a-z0-9]+(?:_[a-z0-9]+)*$/);
          expect(given.every((slug) => (slug ?? '').length <= 24)).toBe(true);
          expect(new Set(given).size).toBe(given.length);
        },
      ),
      { numRuns: 30 },
    );
  });
});
