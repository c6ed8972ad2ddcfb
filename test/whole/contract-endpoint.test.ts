import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readServerSentEvents } from '../../main/api/client-events.ts';
import { type AgentProcess, edge, makeDataDir, removeDataDir, startAgent } from './support/agent-process.ts';
import { type Answered, ask } from './support/ask.ts';
import { makeToken } from './support/mcp.ts';
import { eventually } from './support/wires.ts';

const config = 'discover: false\nvault: { provider: keyfile }\n';

/** Who may come in, and how, on a whole agent. Idle times and the life of tickets are tested with time in hand (`main/access`). */
describe('the local endpoint, line by line', () => {
  const dataDir = makeDataDir();
  let agent: AgentProcess;
  let token: string;
  let port: string;

  beforeAll(async () => {
    agent = await startAgent({ dataDir, config });
    token = await makeToken(agent);
    ({ port } = new URL(agent.url));
  });
  afterAll(async () => {
    await agent?.stop();
    removeDataDir(dataDir);
  });

  const send = (method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: object | string) =>
    ask({ url: agent.url }, { method, path, headers, body });
  const bearer = () => ({ Authorization: `Bearer ${token}` });
  const doors = ['/v1/connectors', '/v1/stream', '/mcp', '/mcp/cn_1', '/', '/docs/api', '/assets/x.js', '/nothing'];

  describe('the data folder', () => {
    it('and what is in it are of its user alone; the socket too', () => {
      expect(statSync(dataDir).mode & 0o777).toBe(0o700);
      expect(statSync(join(dataDir, 'run')).mode & 0o777).toBe(0o700);
      expect(statSync(join(dataDir, 'run', 'agent.sock')).mode & 0o777).toBe(0o600);
    });

    it('has one agent', async () => {
      await expect(startAgent({ dataDir, config })).rejects.toThrow(/already|another/i);
    });

    it('that others can read is refused', async () => {
      const scratch = makeDataDir();
      mkdirSync(scratch);
      chmodSync(scratch, 0o755);
      await expect(startAgent({ dataDir: scratch, config })).rejects.toThrow(/700|only|alone/);
      removeDataDir(scratch);
    });

    it('whose socket would have too long a path is refused, with the reason', async () => {
      const long = mkdtempSync(join(tmpdir(), 'edge-'));
      const deep = join(long, 'x'.repeat(90), 'data');
      mkdirSync(join(deep, '..'));
      await expect(startAgent({ dataDir: deep, config })).rejects.toThrow(/too long/);
      rmSync(long, { recursive: true, force: true });
    });
  });

  describe('Host and Origin', () => {
    it.each(doors)('guard %s before anything is told', async (path) => {
      const foreign: readonly Readonly<Record<string, string>>[] = [
        { Host: 'evil.example' },
        { Host: `evil.example:${port}` },
        { Host: '127.0.0.1' },
        { Host: `127.0.0.1:${Number(port) + 1}` },
        { Origin: 'null' },
        { Origin: 'http://evil.example' },
        { Origin: `https://127.0.0.1:${port}` },
        { Origin: `http://127.0.0.1:${port}.evil.example` },
      ];
      for (const headers of foreign) {
        for (const method of ['GET', 'POST', 'OPTIONS']) {
          const answer = await send(method, path, { ...bearer(), ...headers });
          expect([path, method, headers, answer.status]).toEqual([path, method, headers, 403]);
          expect(answer.body.error.code).toBe('forbidden_origin');
        }
      }
    });

    it('come before authentication', async () => {
      const answer = await send('GET', '/v1/connectors', { Origin: 'http://evil.example' });
      expect(answer.status).toBe(403);
    });

    it('let the three names of this port in', async () => {
      for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
        const headers = { ...bearer(), Host: `${name}:${port}`, Origin: `http://${name}:${port}` };
        expect([name, (await send('GET', '/v1/connectors', headers)).status]).toEqual([name, 200]);
      }
    });

    it('refuse an upgrade to another protocol', async () => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(
        `GET /v1/stream HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      );
      const { promise, resolve } = Promise.withResolvers<string>();
      socket.once('data', (chunk) => resolve(String(chunk)));
      expect(await promise).toMatch(/^HTTP\/1\.1 403/);
      socket.destroy();
    });

    it('are the whole of it: no CORS header on any answer', async () => {
      for (const path of doors.filter((door) => door !== '/v1/stream')) {
        for (const method of ['GET', 'OPTIONS']) {
          const origin = { Origin: `http://127.0.0.1:${port}`, 'Access-Control-Request-Method': 'DELETE' };
          const { headers } = await send(method, path, { ...bearer(), ...origin });
          expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
        }
      }
    });
  });

  describe('a token', () => {
    it('is never taken from an address, a cookie or a body', async () => {
      for (const path of ['/v1/connectors', '/mcp']) {
        for (const query of [`token=${token}`, `access_token=${token}`, `api_key=${token}`]) {
          expect([query, (await send('POST', `${path}?${query}`)).status]).toEqual([query, 401]);
        }
        expect((await send('POST', path, { Cookie: `token=${token}` })).status).toBe(401);
        expect((await send('POST', path, {}, { token })).status).toBe(401);
      }
    });

    it('lies nowhere on disk, and is shown once', async () => {
      const listed = await edge(dataDir, 'tokens', 'list', '--json');
      expect(listed.stdout).not.toContain(token);
      const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      expect(files.length).toBeGreaterThan(2);
      for (const { parentPath, name } of files) {
        expect([name, readFileSync(join(parentPath, name), 'latin1').includes(token)]).toEqual([name, false]);
      }
    });

    it('that is revoked closes its streams at once and is 401 key_revoked from then on', async () => {
      const created = await edge(
        dataDir,
        'tokens',
        'create',
        '--name',
        'short',
        '--scopes',
        'connectors:read',
        '--json',
      );
      const { token: mortal } = JSON.parse(created.stdout);
      const headers = { Authorization: `Bearer ${mortal}` };
      const stream = await fetch(`${agent.url}/v1/stream`, { headers });
      if (stream.body === null) throw new Error('no stream');
      const events = readServerSentEvents(stream.body);
      const ended = events.next();
      expect((await edge(dataDir, 'tokens', 'revoke', 'short')).code).toBe(0);
      expect(await ended).toEqual({ done: true, value: undefined });
      const after = await send('GET', '/v1/connectors', headers);
      expect([after.status, after.body.error.code, after.headers['www-authenticate']]).toEqual([
        401,
        'key_revoked',
        'Bearer',
      ]);
    });

    it('can do nothing that is for this machine alone, whatever its scopes', async () => {
      const routes = [
        ['PUT', '/v1/pause'],
        ['POST', '/v1/tokens'],
        ['GET', '/v1/tokens'],
        ['DELETE', '/v1/tokens/tok_1'],
        ['POST', '/v1/journal/jr_1/settle'],
        ['PUT', '/v1/connectors/cn_1/policy'],
        ['POST', '/v1/window/tickets'],
      ] as const;
      for (const [method, path] of routes) {
        const answer = await send(method, path, bearer());
        expect([path, answer.status, answer.body.error.code]).toEqual([path, 403, 'local_only']);
      }
    });
  });

  describe('the sign-in of the window', () => {
    const openPage = async (): Promise<string> => {
      const opened = await edge(dataDir, 'open', '--print', '--json');
      return JSON.parse(opened.stdout).page_path;
    };
    const ticketIn = (page: string) => /name="ticket" value="([^"]+)"/.exec(readFileSync(page, 'utf8'))?.[1] ?? '';
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const post = (ticket: string, headers: Readonly<Record<string, string>> = {}, path = '/sign-in') =>
      send('POST', path, { ...form, Origin: 'null', ...headers }, `ticket=${encodeURIComponent(ticket)}`);

    async function signIn() {
      const answer = await post(ticketIn(await openPage()));
      const [cookie = ''] = answer.headers['set-cookie'] ?? [];
      const secret = /setItem\("[^"]+", "\\"([\w-]+)\\""\)/.exec(answer.body)?.[1] ?? '';
      return { answer, cookie, pair: cookie.split(';')[0] ?? '', secret };
    }

    it('begins with a page for this user alone, that posts a ticket and is gone once it was used', async () => {
      const page = await openPage();
      expect(statSync(page).mode & 0o777).toBe(0o600);
      const ticket = ticketIn(page);
      expect(page).not.toContain(ticket);
      expect((await post(ticket)).status).toBe(200);
      await eventually('the page is gone', 2_000, async () => !existsSync(page));
    });

    it('takes a ticket once, from a body and not from an address', async () => {
      const ticket = ticketIn(await openPage());
      expect((await send('GET', `/sign-in?ticket=${ticket}`)).status).toBe(404);
      expect((await post('', {}, `/sign-in?ticket=${ticket}`)).status).toBe(403);
      expect((await post(ticket)).status).toBe(200);
      const again = await post(ticket);
      expect([again.status, again.headers['set-cookie']]).toEqual([403, undefined]);
      expect((await post('guess')).status).toBe(403);
    });

    it('takes Origin null, and nobody else who is foreign; Host is checked', async () => {
      const ticket = ticketIn(await openPage());
      const foreign: readonly Readonly<Record<string, string>>[] = [
        { Origin: 'http://evil.example' },
        { Host: 'evil.example' },
        { Host: `evil:${port}` },
      ];
      for (const headers of foreign) {
        expect((await post(ticket, headers)).status).toBe(403);
      }
      expect((await post(ticket)).status).toBe(200);
    });

    it('answers 200 with a cookie out of reach of scripts, and a page under its own nonce: no redirect', async () => {
      const { answer, cookie } = await signIn();
      expect([answer.status, answer.headers.location]).toEqual([200, undefined]);
      expect(cookie).toMatch(/^fe_window_[0-9a-f]{16}=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
      expect(answer.headers['cache-control']).toBe('no-store');
      const policy = String(answer.headers['content-security-policy']);
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
      expect(policy).not.toContain('unsafe');
      expect(answer.body).toContain(`<script nonce="${nonce}">`);
      expect(answer.body).toContain("location.replace('/')");
    });

    it('gives two values, of which neither works alone, nor with that of another session', async () => {
      const mine = await signIn();
      const other = await signIn();
      const come = (headers: Readonly<Record<string, string>>) => send('GET', '/v1/tokens', headers);
      const statuses = await Promise.all([
        come({ Cookie: mine.pair, 'X-Fibric-Window': mine.secret }),
        come({ Cookie: mine.pair }),
        come({ 'X-Fibric-Window': mine.secret }),
        come({ Cookie: mine.pair, 'X-Fibric-Window': other.secret }),
        come({ Cookie: mine.pair, 'X-Fibric-Window': mine.secret, Origin: 'http://evil.example' }),
      ]);
      expect(statuses.map(({ status }: Answered) => status)).toEqual([200, 401, 401, 401, 403]);
    });

    it('ends with the agent', async () => {
      const { pair, secret } = await signIn();
      await agent.stop();
      agent = await startAgent({ dataDir, config });
      ({ port } = new URL(agent.url));
      const answer = await send('GET', '/v1/tokens', { Cookie: pair, 'X-Fibric-Window': secret });
      expect([answer.status, answer.body.error.code]).toEqual([401, 'key_invalid']);
      expect((await send('GET', '/v1/connectors', bearer())).status).toBe(200);
    });
  });
});
