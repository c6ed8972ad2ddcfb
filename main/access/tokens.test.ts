import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../store/index.ts';
import { createFakeClock, type FakeClock } from './testing/fake-clock.ts';
import { createTokens, type Tokens } from './tokens.ts';

const DAY_MS = 86_400_000;
const codeOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return 'no error';
};

let dataDir: string;
let store: Store;
let clock: FakeClock;
let tokens: Tokens;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'fibric-access-'));
  store = await openStore({ dataDir });
  clock = createFakeClock();
  tokens = createTokens({ state: store.state, clock });
});
afterEach(async () => {
  tokens.close();
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** As after a restart of the agent. */
const reloaded = () => createTokens({ state: store.state, clock });

describe('a token', () => {
  it('says who its bearer is and what it may do', async () => {
    const { id, token } = await tokens.create({
      name: 'till 3',
      scopes: ['tools:act', 'connectors:read'],
      connectors: ['cn_1'],
      tools: ['weight.read'],
    });
    for (const source of [tokens, reloaded()]) {
      const principal = source.authenticate(token);
      expect(principal).toMatchObject({ id, kind: 'token', name: 'till 3', local: false });
      expect([...principal.scopes]).toEqual(['connectors:read', 'tools:act']);
      expect([...(principal.connectors ?? [])]).toEqual(['cn_1']);
      expect([...(principal.tools ?? [])]).toEqual(['weight.read']);
      expect(principal.ended.aborted).toBe(false);
    }
  });

  it('carries 256 bits, is another each time, and lies nowhere on disk', async () => {
    const first = await tokens.create({ name: 'a', scopes: ['tools:read'] });
    const second = await tokens.create({ name: 'a', scopes: ['tools:read'] });
    expect(first.id).toMatch(/^tok_[0-9a-f]{32}$/);
    expect(first.token).toMatch(/^fe_[\w-]{43}$/);
    expect(first.token).not.toBe(second.token);
    const onDisk = readdirSync(dataDir).map((name) => readFileSync(join(dataDir, name), 'latin1'));
    expect(onDisk.some((content) => content.includes(first.id))).toBe(true);
    expect(onDisk.some((content) => content.includes(first.token))).toBe(false);
    expect(JSON.stringify(tokens.list())).not.toContain(first.token);
  });

  it('is made in one commit with what is written alongside, or not at all', async () => {
    const alongside = ({ id }: { readonly id: string }) => [
      { sql: "INSERT INTO settings (key, value) VALUES ('note', :id)", parameters: { id } },
    ];
    const { id } = await tokens.create({ name: 'a', scopes: ['tools:read'] }, alongside);
    await expect(tokens.create({ name: 'b', scopes: ['tools:read'] }, alongside)).rejects.toMatchObject({
      code: 'state_conflict',
    });
    for (const source of [tokens, reloaded()]) expect(source.list().map((token) => token.id)).toEqual([id]);
  });

  it('that nobody made is not valid', () => {
    expect(codeOf(() => tokens.authenticate('fe_unknown'))).toBe('key_invalid');
    expect(codeOf(() => tokens.authenticate(''))).toBe('key_invalid');
  });

  it('ends after 90 days, together with what is open', async () => {
    const { token, expires_at } = await tokens.create({ name: 'a', scopes: ['tools:read'] });
    expect(Date.parse(expires_at)).toBe(clock.now() + 90 * DAY_MS);
    const { ended } = tokens.authenticate(token);
    clock.advance(90 * DAY_MS - 1);
    expect(ended.aborted).toBe(false);
    clock.advance(1);
    expect(ended.aborted).toBe(true);
    expect(codeOf(() => tokens.authenticate(token))).toBe('key_invalid');
    expect(codeOf(() => reloaded().authenticate(token))).toBe('key_invalid');
    expect(clock.waiting()).toBe(0);
  });

  it('made after one that lives longer ends in its own time', async () => {
    await tokens.create({ name: 'long', scopes: ['tools:read'] });
    const { token } = await tokens.create({ name: 'short', scopes: ['tools:read'], expiresInMs: 60_000 });
    const { ended } = tokens.authenticate(token);
    clock.advance(60_000);
    expect(ended.aborted).toBe(true);
  });

  it('that is revoked ends at once, before that is stored, and for good', async () => {
    const { id, token } = await tokens.create({ name: 'a', scopes: ['tools:read'] });
    const { ended } = tokens.authenticate(token);
    const revoking = tokens.revoke(id);
    expect(ended.aborted).toBe(true);
    expect(codeOf(() => tokens.authenticate(token))).toBe('key_revoked');
    const { revoked_at } = await revoking;
    clock.advance(1_000);
    expect((await tokens.revoke(id)).revoked_at).toBe(revoked_at);
    expect(codeOf(() => reloaded().authenticate(token))).toBe('key_revoked');
    await expect(tokens.revoke('tok_none')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('remembers when it was last used, to the minute, with one write a minute', async () => {
    const { token } = await tokens.create({ name: 'a', scopes: ['tools:read'] });
    tokens.authenticate(token);
    const firstUse = new Date(clock.now()).toISOString();
    clock.advance(59_999);
    tokens.authenticate(token);
    expect(tokens.list()[0]?.last_used_at).toBe(firstUse);
    clock.advance(1);
    tokens.authenticate(token);
    const secondUse = new Date(clock.now()).toISOString();
    await store.state.write([]);
    expect(reloaded().list()[0]?.last_used_at).toBe(secondUse);
  });

  it('is listed newest first, here and after a restart', async () => {
    for (const name of ['first', 'second', 'third']) {
      await tokens.create({ name, scopes: ['tools:read'] });
      clock.advance(1_000);
    }
    for (const source of [tokens, reloaded()]) {
      expect(source.list().map(({ name }) => name)).toEqual(['third', 'second', 'first']);
    }
  });

  it.each([
    [{ name: 'a', scopes: ['tools:read', 'tools:all'] }, /"tools:all"/],
    [{ name: 'a', scopes: [] }, /at least one scope/],
    [{ name: ' ', scopes: ['tools:read'] }, /name/],
    [{ name: 'a', scopes: ['tools:read'], expiresInMs: 0 }, /expiresInMs/],
    [{ name: 'a', scopes: ['tools:read'], connectors: [] }, /connectors/],
  ])('asked for as %j is refused, naming what is wrong', async (request, message) => {
    await expect(tokens.create(request)).rejects.toMatchObject({
      code: 'invalid_parameter',
      message: expect.stringMatching(message),
    });
    expect(tokens.list()).toEqual([]);
  });
});
