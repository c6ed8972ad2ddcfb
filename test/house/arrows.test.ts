import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Which rooms a room may import from (docs/architecture.md). A room may always import from itself. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  'drivers/kit': [],
  drivers: ['drivers/kit'],
  'main/config': ['drivers/kit'],
  'main/store': ['drivers/kit'],
  'main/vault': ['drivers/kit'],
  'main/hardware': ['drivers/kit', 'drivers', 'main/config'],
  'main/sources': ['drivers/kit', 'drivers', 'main/hardware', 'main/vault'],
  'main/connectors': ['drivers/kit', 'main/hardware', 'main/sources', 'main/store', 'main/vault', 'main/config'],
  'main/api': ['drivers/kit'],
  'main/access': ['drivers/kit', 'main/api', 'main/store'],
  'main/pages': [],
  'main/cloud': ['drivers/kit', 'main/api', 'main/connectors', 'main/store', 'main/vault', 'main/config'],
  'main/mcp': ['drivers/kit', 'main/connectors', 'main/api'],
  'main/cli': ['drivers/kit', 'main/api', 'main/config'],
  'main/shell': ['drivers/kit', 'main/api', 'main/config'],
  'main/agent': ['*'],
  hub: ['drivers/kit', 'main/api', 'main/access', 'main/pages', 'main/store', 'main/mcp'],
  renderer: ['main/api/schemas'],
};

/** Imports that are made when first needed, and only there. */
const dynamicArrows: Readonly<Record<string, readonly string[]>> = { 'main/cli': ['main/agent', 'hub'] };

const root = join(import.meta.dirname, '..', '..');
const sources = globSync(['drivers/**/*.ts', 'hub/**/*.ts', 'main/**/*.ts', 'renderer/src/**/*.{ts,tsx}'], {
  cwd: root,
}).map((file) => file.split(sep).join('/'));

function roomOf(file: string): string {
  const [first = '', second = ''] = file.split('/');
  if (first === 'renderer' || first === 'hub') return first;
  if (first === 'drivers') return second === 'kit' ? 'drivers/kit' : 'drivers';
  return `${first}/${second}`;
}

/** A driver's folder, or null for what lies in `drivers/` itself. */
function driverOf(file: string): string | null {
  const [first, second, third] = file.split('/');
  return first === 'drivers' && second !== 'kit' && second !== 'simulator-host' && third !== undefined
    ? (second ?? null)
    : null;
}

interface Import {
  readonly from: string;
  readonly to: string;
  readonly dynamic: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = [
    ...[...text.matchAll(/^\s*(?:import|export)\b[^;]*?\bfrom\s+'(\.[^']+)'/gm)].map((match) => ({
      path: match[1] ?? '',
      dynamic: false,
    })),
    ...[...text.matchAll(/\bimport\(\s*'(\.[^']+)'/g)].map((match) => ({ path: match[1] ?? '', dynamic: true })),
  ];
  return found.map(({ path, dynamic }) => ({
    from: file,
    to: normalize(join(dirname(file), path))
      .split(sep)
      .join('/'),
    dynamic,
  }));
}

const isTest = (file: string) => /\.test\.tsx?$/.test(file) || file.includes('/testing/');

function isAllowed({ from, to, dynamic }: Import): boolean {
  const room = roomOf(from);
  const target = roomOf(to);
  if (room === 'drivers' && target === 'drivers') {
    const driver = driverOf(from);
    return driver === null || driver === driverOf(to);
  }
  if (room === target) return true;
  if (room === 'renderer') return to.startsWith('main/api/schemas/');
  // What MCP needs of HTTP; the protocol itself is loaded by hubs of which somebody asks all connectors at once.
  if (room === 'hub' && target === 'main/mcp') return to === 'main/mcp/http.ts' || to === 'main/mcp/index.ts';
  const allowed = [...(arrows[room] ?? []), ...(dynamic ? (dynamicArrows[room] ?? []) : [])];
  return allowed.includes('*') || allowed.includes(target);
}

describe('the house', () => {
  const imports = sources.flatMap(importsOf);

  it('is read at all', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(imports.length).toBeGreaterThan(100);
  });

  it('has arrows between rooms only as drawn', () => {
    const wrong = imports.filter((found) => !isTest(found.from) && !isAllowed(found));
    expect(wrong.map((found) => `${found.from} -> ${found.to}`)).toEqual([]);
  });

  it('keeps Electron in the shell', () => {
    const wrong = sources.filter(
      (file) =>
        !file.startsWith('main/shell/desktop/') &&
        /(?:from|import|require)\b[ (]*'electron(?:\/[a-z]+|-updater)?'/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  it('has one job a file: none over 500 lines but tables', () => {
    const long = sources
      .filter((file) => !/\.table\.ts$/.test(file))
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > 500);
    expect(long).toEqual([]);
  });

  it('has no cycle between rooms', () => {
    const edges = new Map<string, Set<string>>();
    for (const { from, to, dynamic } of imports) {
      if (isTest(from) || dynamic || roomOf(from) === roomOf(to)) continue;
      edges.set(roomOf(from), (edges.get(roomOf(from)) ?? new Set()).add(roomOf(to)));
    }
    const cycles: string[] = [];
    const visit = (room: string, path: readonly string[]): void => {
      if (path.includes(room)) {
        cycles.push([...path.slice(path.indexOf(room)), room].join(' -> '));
        return;
      }
      for (const next of edges.get(room) ?? []) visit(next, [...path, room]);
    };
    for (const room of edges.keys()) visit(room, []);
    expect(cycles).toEqual([]);
  });
});
