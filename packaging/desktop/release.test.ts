import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isSigned } from '../../main/shell/updates/signature.ts';
import { readUpdateSource, writeRelease } from './release.ts';
import { signFeed } from './sign-feed.ts';

const folder = mkdtempSync(join(tmpdir(), 'release-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const pub = join(folder, 'public.pem');
const priv = join(folder, 'private.pem');
writeFileSync(pub, publicKey.export({ type: 'spki', format: 'pem' }));
writeFileSync(priv, privateKey.export({ type: 'pkcs8', format: 'pem' }));

describe('where a build looks for updates', () => {
  it('is nowhere, or a signed feed at an https address', () => {
    expect(readUpdateSource(undefined, undefined)).toBeNull();
    expect(readUpdateSource('https://updates.example/', pub)).toEqual({
      url: 'https://updates.example/',
      keyFile: pub,
    });
    expect(() => readUpdateSource('https://updates.example/', undefined)).toThrow('go together');
    expect(() => readUpdateSource(undefined, pub)).toThrow('go together');
    expect(() => readUpdateSource('http://updates.example/', pub)).toThrow('https');
    expect(() => readUpdateSource('https://updates.example/', join(folder, 'none.pem'))).toThrow('none.pem');
  });

  it('takes no other kind of key', () => {
    const file = join(folder, 'rsa.pem');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(file, rsa.publicKey.export({ type: 'spki', format: 'pem' }));
    expect(() => readUpdateSource('https://updates.example/', file)).toThrow('Ed25519');
  });

  it('is written with the key itself, which holds for what is signed with the other half', () => {
    const file = join(folder, 'release.json');
    writeRelease(file, '1.2.3', { url: 'https://updates.example/', keyFile: pub });
    const { version, updates } = JSON.parse(readFileSync(file, 'utf8'));
    expect(version).toBe('1.2.3');

    const feed = join(folder, 'latest-linux.yml');
    writeFileSync(feed, 'version: 1.2.4\nfiles:\n  - url: a.AppImage\n    sha512: abc\nreleaseDate: 2026-11-26\n');
    signFeed(feed, priv);
    signFeed(feed, priv);
    const signed: Record<string, unknown> = parse(readFileSync(feed, 'utf8'));
    expect(signed).toMatchObject({ version: '1.2.4', files: [{ url: 'a.AppImage', sha512: 'abc' }] });
    expect(isSigned(signed, updates.key)).toBe(true);
    expect(isSigned({ ...signed, version: '1.2.5' }, updates.key)).toBe(false);
  });
});
