import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openVault, type VaultOptions } from './open-vault.ts';
import type { Vault } from './vault.ts';

const unavailable = (message: string) => ({ code: 'vault_unavailable', message: expect.stringContaining(message) });

function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'fibric-vault-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const dataDir = mkdtempSync(join(folder, 'data-'));
  return { dataDir, keyfile: join(folder, 'key'), sealed: join(dataDir, 'vault.sealed') };
}

async function open(options: Partial<VaultOptions> & { readonly dataDir: string }): Promise<Vault> {
  const vault = await openVault({ provider: 'keyfile', installationId: 'in_test', ...options });
  onTestFinished(() => vault.close());
  return vault;
}

describe('the sealed file with a key file', () => {
  it('keeps secrets over a restart, never in plain, for the owner alone', async () => {
    const { dataDir, keyfile, sealed } = scratch();
    await (await open({ dataDir, keyfile })).set('cn_1/key', 'top secret');
    expect(await (await open({ dataDir, keyfile })).get('cn_1/key')).toBe('top secret');
    expect(readFileSync(sealed, 'utf8')).not.toContain('top secret');
    expect([sealed, keyfile].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
    expect(statSync(keyfile).size).toBe(32);
    expect(readdirSync(dataDir)).toEqual(['vault.sealed']);
  });

  it('lies beside the data folder unless told otherwise', async () => {
    const { dataDir } = scratch();
    await (await open({ dataDir: `${dataDir}/` })).check();
    expect(existsSync(`${dataDir}.key`)).toBe(true);
  });

  it('reading makes no key and finds nothing', async () => {
    const { dataDir, keyfile } = scratch();
    const vault = await open({ dataDir, keyfile });
    expect(await vault.get('cn_1/key')).toBeNull();
    await vault.delete('cn_1/key');
    expect(existsSync(keyfile)).toBe(false);
  });

  it('deletes one entry and keeps the others', async () => {
    const { dataDir, keyfile } = scratch();
    const vault = await open({ dataDir, keyfile });
    await Promise.all([vault.set('a', '1'), vault.set('b', '2'), vault.set('c', '3'), vault.delete('b')]);
    expect(await Promise.all(['a', 'b', 'c'].map((entry) => vault.get(entry)))).toEqual(['1', null, '3']);
  });

  const harms: [string, (paths: ReturnType<typeof scratch>) => void, string][] = [
    ['missing', ({ keyfile }) => rmSync(keyfile), 'is missing'],
    ['another one', ({ keyfile }) => writeFileSync(keyfile, Buffer.alloc(32, 7)), 'not the one that sealed'],
    ['cut short', ({ keyfile }) => writeFileSync(keyfile, 'short'), 'has 5 bytes'],
    ['readable by others', ({ keyfile }) => chmodSync(keyfile, 0o644), 'mode 0644'],
  ];
  it.each(harms)(
    'with its key %s is unavailable, overwrites nothing, and works again once it is right',
    async (_, harm, message) => {
      const paths = scratch();
      const { dataDir, keyfile, sealed } = paths;
      const vault = await open({ dataDir, keyfile });
      await vault.set('a', '1');
      const before = readFileSync(sealed);
      copyFileSync(keyfile, `${keyfile}.copy`);
      harm(paths);
      const seen = existsSync(keyfile) ? readFileSync(keyfile) : null;
      for (const reject of [vault.check(), vault.get('a'), vault.set('a', '2'), vault.delete('a')]) {
        await expect(reject).rejects.toMatchObject(unavailable(message));
      }
      expect(readFileSync(sealed).equals(before)).toBe(true);
      expect(existsSync(keyfile) ? readFileSync(keyfile) : null).toEqual(seen);
      rmSync(keyfile, { force: true });
      copyFileSync(`${keyfile}.copy`, keyfile);
      chmodSync(keyfile, 0o600);
      expect(await vault.get('a')).toBe('1');
    },
  );

  it('that is damaged is unavailable and stays as it is', async () => {
    const { dataDir, keyfile, sealed } = scratch();
    const vault = await open({ dataDir, keyfile });
    await vault.set('a', '1');
    writeFileSync(sealed, '{"version":1');
    await expect(vault.set('a', '2')).rejects.toMatchObject(unavailable('damaged'));
    expect(readFileSync(sealed, 'utf8')).toBe('{"version":1');
  });

  it('refuses a key inside the data folder it protects', async () => {
    const { dataDir } = scratch();
    const vault = await open({ dataDir, keyfile: join(dataDir, 'key') });
    await expect(vault.check()).rejects.toMatchObject(unavailable('lies in the data folder'));
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('is of no use to another installation', async () => {
    const { dataDir, keyfile } = scratch();
    await (await open({ dataDir, keyfile })).set('a', '1');
    const other = await open({ dataDir, keyfile, installationId: 'in_other' });
    await expect(other.get('a')).rejects.toMatchObject(unavailable('not the one that sealed'));
  });

  it('refuses to serve after it was closed', async () => {
    const { dataDir, keyfile } = scratch();
    const vault = await open({ dataDir, keyfile });
    await vault.close();
    await vault.close();
    await expect(vault.get('a')).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('the sealed file with a passphrase', () => {
  const ask = (passphrase: string) => async () => passphrase;

  it('opens with the same passphrase, however it is composed, and with no other', async () => {
    const { dataDir, sealed } = scratch();
    const first = await open({ dataDir, provider: 'passphrase', passphrase: ask('caf\u00e9') });
    await first.set('a', '1');
    const before = readFileSync(sealed);
    const same = await open({ dataDir, provider: 'passphrase', passphrase: ask('cafe\u0301') });
    expect(await same.get('a')).toBe('1');
    const wrong = await open({ dataDir, provider: 'passphrase', passphrase: ask('coffee') });
    await expect(wrong.check()).rejects.toMatchObject(unavailable('not the one that sealed'));
    await expect(wrong.set('a', '2')).rejects.toMatchObject(unavailable('not the one that sealed'));
    expect(readFileSync(sealed).equals(before)).toBe(true);
  });

  it('takes it from the environment and leaves none there', async () => {
    const { dataDir } = scratch();
    process.env['FIBRIC_EDGE_PASSPHRASE'] = 'from outside';
    const vault = await open({ dataDir, provider: 'passphrase', passphrase: () => Promise.reject(new Error('asked')) });
    expect(process.env['FIBRIC_EDGE_PASSPHRASE']).toBeUndefined();
    await vault.check();
  });

  it('without one opens, and is unavailable on use', async () => {
    const { dataDir } = scratch();
    const vault = await open({ dataDir, provider: 'passphrase' });
    await expect(vault.check()).rejects.toMatchObject(unavailable('none was given'));
    await expect(vault.set('a', '1')).rejects.toMatchObject(unavailable('none was given'));
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('is not mistaken for one with a key file', async () => {
    const { dataDir, keyfile } = scratch();
    await (await open({ dataDir, keyfile })).set('a', '1');
    const vault = await open({ dataDir, provider: 'passphrase', passphrase: ask('x') });
    await expect(vault.get('a')).rejects.toMatchObject(unavailable('was made with a key'));
  });
});

describe.each(['systemd-credential', 'tpm2'] as const)('the sealed file with the credential of %s', (provider) => {
  const given = (folder: string | undefined, key = Buffer.alloc(32, 7)) => {
    vi.stubEnv('CREDENTIALS_DIRECTORY', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    if (folder !== undefined) writeFileSync(join(folder, 'fibric-edge-vault-key'), key);
  };
  const credentials = () => {
    const folder = mkdtempSync(join(tmpdir(), 'fibric-credentials-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  };

  it('keeps secrets over a restart, never in plain', async () => {
    const { dataDir, sealed } = scratch();
    given(credentials());
    await (await open({ dataDir, provider })).set('cn_1/key', 'top secret');
    expect(await (await open({ dataDir, provider })).get('cn_1/key')).toBe('top secret');
    expect(readFileSync(sealed, 'utf8')).not.toContain('top secret');
  });

  it('says that systemd gave it none, and begins no sealed file', async () => {
    const { dataDir, sealed } = scratch();
    given(undefined);
    await expect((await open({ dataDir, provider })).check()).rejects.toMatchObject(unavailable('no credentials'));
    expect(existsSync(sealed)).toBe(false);
  });

  it.each([
    ['another machine', Buffer.alloc(32, 8), 'not the one that sealed'],
    ['no key', Buffer.alloc(31, 7), '31 bytes'],
  ])('refuses the credential of %s and overwrites nothing', async (_of, key, message) => {
    const { dataDir, sealed } = scratch();
    const folder = credentials();
    given(folder);
    await (await open({ dataDir, provider })).set('a', 'b');
    const before = readFileSync(sealed);
    given(folder, key);
    const vault = await open({ dataDir, provider });
    await expect(vault.set('a', 'c')).rejects.toMatchObject(unavailable(message));
    expect(readFileSync(sealed)).toEqual(before);
  });
});
