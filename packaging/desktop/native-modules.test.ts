import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNativeModule } from './native-modules.ts';

/** The first bytes of a program, zeros but for what is given at each offset. */
function head(...parts: readonly (readonly [number, readonly number[]])[]): Buffer {
  const bytes = Buffer.alloc(512);
  for (const [at, values] of parts) bytes.set(values, at);
  return bytes;
}

describe('what a native module is for', () => {
  it.each([
    ['linux', ['x64'], head([0, [0x7f, 0x45, 0x4c, 0x46, 2, 1]], [18, [62, 0]])],
    ['linux', ['arm64'], head([0, [0x7f, 0x45, 0x4c, 0x46, 2, 1]], [18, [183, 0]])],
    ['win32', ['x64'], head([0, [0x4d, 0x5a]], [60, [128]], [128, [0x50, 0x45, 0, 0, 0x64, 0x86]])],
    ['win32', ['arm64'], head([0, [0x4d, 0x5a]], [60, [128]], [128, [0x50, 0x45, 0, 0, 0x64, 0xaa]])],
    ['darwin', ['arm64'], head([0, [0xcf, 0xfa, 0xed, 0xfe, 0x0c, 0, 0, 1]])],
    [
      'darwin',
      ['x64', 'arm64'],
      head([0, [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2]], [8, [1, 0, 0, 7]], [28, [1, 0, 0, 12]]),
    ],
    ['linux', ['unknown (40000)'], head([0, [0x7f, 0x45, 0x4c, 0x46, 2, 1]], [18, [0x40, 0x9c]])],
  ])('is read from its first bytes: %s on %s', (platform, arches, bytes) => {
    expect(readNativeModule(bytes)).toEqual({ platform, arches });
  });

  it('is nothing known for other files, and reading never throws', () => {
    expect(readNativeModule(Buffer.from('version https://git-lfs.github.com/spec/v1\n'.repeat(4)))).toBeNull();
    const magics = fc.constantFrom('7f454c46', 'cffaedfe', 'cafebabe', '4d5a', '');
    fc.assert(
      fc.property(magics, fc.uint8Array({ maxLength: 300 }), (magic, rest) => {
        readNativeModule(Buffer.concat([Buffer.from(magic, 'hex'), rest]));
      }),
    );
  });
});
