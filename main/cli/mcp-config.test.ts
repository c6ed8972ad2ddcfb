import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addServer, clientFile } from './mcp/client-file.ts';
import { mcpClients } from './mcp/clients.table.ts';
import { type AgentDouble, startAgentDouble } from './testing/agent-double.ts';
import { sampleConnector } from './testing/sample-objects.ts';

let agent: AgentDouble;
let scratch: string;
const created: object[] = [];

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'fe-mcp-'));
  created.length = 0;
  agent = await startAgentDouble({
    listConnectors: async () => ({ items: [sampleConnector], next: null }),
    createToken: async (_principal, body) => {
      created.push(body);
      const at = '2026-06-01T10:00:00.000Z';
      return {
        id: 'tok_1',
        object: 'token',
        name: body.name,
        scopes: [...body.scopes],
        connectors: null,
        tools: null,
        created_at: at,
        expires_at: at,
        token: 'fe_secret',
      };
    },
  });
});
afterEach(async () => {
  await agent.close();
  rmSync(scratch, { recursive: true, force: true });
});

const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const backups = (file: string) => readdirSync(dirname(file)).filter((name) => name.includes('.backup-'));

describe('mcp config', () => {
  it('prints, and changes nothing, with --print', async () => {
    const { code, out, err } = await agent.run('mcp', 'config', 'vscode', '--print', '--read-only');
    expect(code).toBe(0);
    const { servers } = JSON.parse(out);
    expect(servers['fibric-edge']).toMatchObject({ type: 'stdio', command: process.execPath });
    expect(servers['fibric-edge'].args.slice(1)).toEqual(['mcp', 'serve', '--data', agent.folder, '--read-only']);
    expect(err).toContain('MCP: List Servers');
    expect(out).not.toContain('Bearer');
  });

  it('adds to a file, keeps the rest of it, and a copy of what was there', async () => {
    const file = join(scratch, 'mcp.json');
    writeFileSync(file, '{\n    "theme": "dark",\n    "mcpServers": { "other": { "command": "x" } }\n}\n');
    const { code, out } = await agent.run('mcp', 'config', 'cursor', 'gate', '--file', file, '--yes');
    expect(code).toBe(0);
    expect(json(file)).toMatchObject({ theme: 'dark', mcpServers: { other: { command: 'x' } } });
    expect(json(file).mcpServers['fibric-edge-gate'].args).toContain('gate');
    expect(readFileSync(file, 'utf8')).toMatch(/^\{\n {4}"theme"/);
    const [backup = ''] = backups(file);
    expect(readFileSync(join(scratch, backup), 'utf8')).toContain('"theme": "dark"');
    expect(out).toContain(backup);
    const again = await agent.run('mcp', 'config', 'cursor', 'gate', '--file', file, '--yes');
    expect(again.out).toContain('has it already');
    expect(backups(file)).toHaveLength(1);
  });

  it('asks first: with nobody to ask it changes nothing', async () => {
    const file = join(scratch, 'mcp.json');
    const { code, err } = await agent.run('mcp', 'config', 'cursor', '--file', file);
    expect(code).toBe(2);
    expect(err).toContain('--yes');
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('leaves a file alone that is no plain JSON, and says what to do', async () => {
    const file = join(scratch, 'mcp.json');
    writeFileSync(file, '{ // mine\n "mcpServers": {} }');
    const { code, err } = await agent.run('mcp', 'config', 'windsurf', '--file', file, '--yes');
    expect(code).toBe(2);
    expect(err).toContain('--print');
    expect(readFileSync(file, 'utf8')).toContain('// mine');
  });

  it('puts a token into a file only when asked, for that connector only, and only for its owner to read', async () => {
    const file = join(scratch, 'sub', 'mcp.json');
    const http = ['--http', 'http://127.0.0.1:7431/'];
    const { code, err } = await agent.run(
      'mcp',
      'config',
      'windsurf',
      'gate',
      ...http,
      '--read-only',
      '--file',
      file,
      '--yes',
    );
    expect(code).toBe(0);
    expect(created).toMatchObject([{ scopes: ['tools:read'], connectors: ['cn_1'] }]);
    expect(json(file).mcpServers['fibric-edge-gate']).toEqual({
      serverUrl: 'http://127.0.0.1:7431/mcp/cn_1',
      headers: { Authorization: 'Bearer fe_secret' },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(err).toContain('A token was made');
    const refused = await agent.run('mcp', 'config', 'claude-desktop', ...http, '--print');
    expect(refused.code).toBe(1);
    expect(created).toHaveLength(1);
  });

  it('names the clients it knows', async () => {
    expect((await agent.run('mcp', 'config', 'emacs')).err).toContain(
      'claude-desktop, vscode, cursor, windsurf, generic',
    );
  });
});

describe('the file of a client', () => {
  it.each([
    ['claude-desktop', 'darwin', '/h/Library/Application Support/Claude/claude_desktop_config.json'],
    ['claude-desktop', 'linux', '/h/.config/Claude/claude_desktop_config.json'],
    ['vscode', 'linux', '/h/.config/Code/User/mcp.json'],
    ['vscode', 'darwin', '/h/Library/Application Support/Code/User/mcp.json'],
    ['cursor', 'linux', '/h/.cursor/mcp.json'],
    ['windsurf', 'darwin', '/h/.codeium/windsurf/mcp_config.json'],
  ] as const)('of %s on %s is %s', (id, platform, path) => {
    const client = mcpClients.find((candidate) => candidate.id === id);
    if (client === undefined) throw new Error('no such client');
    expect(clientFile(client, { platform, home: '/h', variables: {} })).toBe(path);
  });

  it('keeps every other setting, whatever it is', () => {
    mkdirSync(join(scratch, 'p'));
    const file = join(scratch, 'p', 'f.json');
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (settings) => {
        delete settings['mcpServers'];
        const before = JSON.stringify(settings);
        writeFileSync(file, before);
        const { after } = addServer(file, 'mcpServers', 'fibric-edge', { command: 'x' });
        expect(JSON.parse(after)).toEqual({ ...JSON.parse(before), mcpServers: { 'fibric-edge': { command: 'x' } } });
      }),
    );
  });
});
