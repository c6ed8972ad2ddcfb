import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseTerminal, readBackLine } from './line-readback.ts';
import { differingSetting, refusedSetting } from './line-settings.ts';

const coreutils = `speed 9600 baud; rows 0; columns 0; line = 0;
intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>; eol2 = <undef>; swtch = <undef>; start = ^Q;
stop = ^S; susp = ^Z; rprnt = ^R; werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;
parenb -parodd -cmspar cs7 hupcl cstopb cread clocal -crtscts
-ignbrk -brkint ignpar -parmrk -inpck -istrip -inlcr -igncr -icrnl -ixon -ixoff -iuclc -ixany -imaxbel -iutf8
-opost -olcuc -ocrnl -onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
-isig -icanon -iexten -echo -echoe -echok -echonl -noflsh -xcase -tostop -echoprt -echoctl -echoke -flusho -extproc
`;
const bsd = `speed 19200 baud; 0 rows; 0 columns;
iflags: -istrip -icrnl -inlcr -igncr ixon ixoff -ixany -imaxbel -iutf8
cflags: cread cs8 parenb parodd hupcl clocal -cstopb -crtscts -dsrflow
`;
const asked = { baud_rate: 9600, data_bits: 7, parity: 'even', stop_bits: 2, flow_control: 'none' } as const;

it('reads how a terminal is set from what stty says, as GNU and as BSD', () => {
  expect(parseTerminal(coreutils)).toEqual({ data_bits: '7', parity: 'even', stop_bits: '2', flow_control: 'none' });
  expect(parseTerminal(bsd)).toEqual({ data_bits: '8', parity: 'odd', stop_bits: '1', flow_control: 'xon_xoff' });
  expect(parseTerminal(coreutils.replace('-cmspar', 'cmspar'))).toMatchObject({ parity: 'space' });
  expect(parseTerminal(coreutils.replace('-crtscts', 'crtscts'))).toMatchObject({ flow_control: 'rts_cts' });
});

it('knows nothing of what is not said', () => {
  expect(parseTerminal('')).toEqual({});
  expect(parseTerminal('stty: standard input: Inappropriate ioctl for device')).toEqual({});
  expect(differingSetting(asked, {})).toBeNull();
});

it('names the one setting that is not as it was asked for, and what it is instead', () => {
  const found = { ...parseTerminal(coreutils), baud_rate: '9600' };
  expect(differingSetting(asked, found)).toBeNull();
  for (const [name, seen] of [
    ['data_bits', '8'],
    ['parity', 'none'],
    ['stop_bits', '1'],
    ['flow_control', 'rts_cts'],
    ['baud_rate', '1000000'],
  ] as const) {
    const other = { ...found, [name]: seen };
    expect(differingSetting(asked, other)).toBe(name);
    expect(refusedSetting('/dev/ttyUSB0', 'The port /dev/ttyUSB0', asked, other, name)).toMatchObject({
      code: 'unsupported_setting',
      details: { setting: name, expected: String(asked[name]), seen },
      hint: expect.stringContaining(`${name} ${seen}`),
    });
  }
});

it('takes a speed that a divided clock comes near to, and no other', () => {
  const at = (baud_rate: number, seen: number) =>
    differingSetting({ ...asked, baud_rate }, { baud_rate: String(seen) }) === null;
  // A CP2104 at 115200; a PL2303 at 250000.
  expect([at(115_200, 115_384), at(250_000, 250_000), at(9600, 9600)]).toEqual([true, true, true]);
  expect([at(2_000_000, 1_000_000), at(110, 300), at(9600, 10_000)]).toEqual([false, false, false]);
});

it('asks a pseudo-terminal nothing: it has no line', async () => {
  const port = { fd: null, getBaudRate: () => Promise.reject(new Error('asked')) };
  expect(await readBackLine('/dev/pts/0', port)).toEqual({});
});

it.skipIf(process.platform !== 'linux')(
  'reads the format that a port kept, whatever it was asked for (Linux: the master of a terminal stands in for it)',
  async () => {
    const fd = openSync('/dev/ptmx', 'r+');
    try {
      spawnSync('sh', ['-c', 'stty cstopb crtscts <&3'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
      const port = { fd, getBaudRate: () => Promise.resolve({ baudRate: 9_600 }) };
      const kept = { baud_rate: '9600', stop_bits: '2', flow_control: 'rts_cts' };
      expect(await readBackLine('/dev/ttyS-none', port)).toMatchObject(kept);
    } finally {
      closeSync(fd);
    }
  },
);
