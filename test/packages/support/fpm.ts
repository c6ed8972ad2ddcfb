/**
 * Stands in for fpm where a test looks at a package: takes the arguments that electron-builder gives it and has `dpkg-deb` make
 * the package. Check-only: what people install is made by the true one. An argument it does not know ends it.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const text = { type: 'string' } as const;
const many = { type: 'string', multiple: true } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    s: { ...text, short: 's' },
    t: { ...text, short: 't' },
    d: { ...many, short: 'd' },
    force: { type: 'boolean' },
    'deb-recommends': many,
    'deb-suggests': many,
    'deb-compression': text,
    'deb-priority': text,
    architecture: text,
    'after-install': text,
    'after-remove': text,
    description: text,
    version: text,
    package: text,
    name: text,
    maintainer: text,
    vendor: text,
    url: text,
    category: text,
    license: text,
  },
});
const need = (name: 'package' | 'name' | 'version' | 'architecture' | 'maintainer' | 'description'): string => {
  const value = values[name];
  if (value === undefined) throw new Error(`--${name} is missing`);
  return value;
};

const tree = mkdtempSync(join(tmpdir(), 'fpm-'));
chmodSync(tree, 0o755);
try {
  for (const mapping of positionals) {
    const [from = '', to = ''] = mapping.split('=');
    const place = join(tree, to);
    mkdirSync(dirname(place), { recursive: true });
    cpSync(from, place, { recursive: true, verbatimSymlinks: true });
    if (!statSync(place).isDirectory()) chmodSync(place, 0o644);
  }
  const control = join(tree, 'DEBIAN');
  mkdirSync(control, { mode: 0o755 });
  const [synopsis = '', ...long] = need('description').split('\n');
  const field = (name: string, value: string | undefined) =>
    value === undefined || value === '' ? [] : [`${name}: ${value}`];
  writeFileSync(
    join(control, 'control'),
    [
      `Package: ${need('name')}`,
      `Version: ${need('version')}`,
      `Architecture: ${need('architecture')}`,
      `Maintainer: ${need('maintainer')}`,
      ...field('Depends', values.d?.join(', ')),
      ...field('Recommends', values['deb-recommends']?.join(', ')),
      ...field('Suggests', values['deb-suggests']?.join(', ')),
      ...field('Section', values.category),
      ...field('Priority', values['deb-priority']),
      ...field('Homepage', values.url),
      `Description: ${synopsis}`,
      ...long.map((line) => ` ${line.trim()}`),
      '',
    ].join('\n'),
  );
  for (const [script, file] of [
    ['postinst', values['after-install']],
    ['postrm', values['after-remove']],
  ] as const) {
    if (file === undefined) continue;
    cpSync(file, join(control, script));
    chmodSync(join(control, script), 0o755);
  }
  execFileSync('dpkg-deb', ['--build', '--root-owner-group', '-Znone', tree, need('package')], { stdio: 'inherit' });
} finally {
  rmSync(tree, { recursive: true, force: true });
}
