import { describe, expect, it } from 'vitest';
import { type FaultKind, SLOW_ANSWER_MS, withFaults } from './faults.ts';
import type { SimulatedDevice } from './simulated-device.ts';

const answer = Uint8Array.of(1, 2, 3, 4);
const question = Uint8Array.of(9, 8);

const device: SimulatedDevice = { receive: (_bytes, send) => send(answer, 5), state: () => ({ on: true }) };

/** What the host gets for one question. */
function answersOf(kind: FaultKind): { readonly bytes: number[]; readonly delayMs: number }[] {
  const faulty = withFaults(device, () => 0.5);
  faulty.setFault(kind);
  const got: { bytes: number[]; delayMs: number }[] = [];
  faulty.receive(question, (bytes, delayMs = 0) => got.push({ bytes: [...bytes], delayMs }));
  return got;
}

describe('simulated faults', () => {
  it.each<[FaultKind, { bytes: number[]; delayMs: number }[]]>([
    ['none', [{ bytes: [1, 2, 3, 4], delayMs: 5 }]],
    ['silence', []],
    ['garbage', [{ bytes: [128, 128, 128, 128], delayMs: 5 }]],
    ['slow', [{ bytes: [1, 2, 3, 4], delayMs: 5 + SLOW_ANSWER_MS }]],
    ['half_answer', [{ bytes: [1, 2], delayMs: 5 }]],
    [
      'echo',
      [
        { bytes: [9, 8], delayMs: 0 },
        { bytes: [1, 2, 3, 4], delayMs: 5 },
      ],
    ],
    ['wrong_checksum', [{ bytes: [1, 2, 3, 4 ^ 0x55], delayMs: 5 }]],
  ])('%s', (kind, expected) => {
    expect(answersOf(kind)).toEqual(expected);
  });

  it('ends by itself after the given number of answers', () => {
    const faulty = withFaults(device, () => 0);
    faulty.setFault('silence', 2);
    let answers = 0;
    for (let round = 0; round < 5; round += 1) faulty.receive(question, () => (answers += 1));
    expect(answers).toBe(3);
  });

  it('ends an echo after the given number of answers too', () => {
    const faulty = withFaults(device, () => 0);
    faulty.setFault('echo', 1);
    const got: number[][] = [];
    for (let round = 0; round < 2; round += 1) faulty.receive(question, (bytes) => got.push([...bytes]));
    expect(got).toEqual([
      [9, 8],
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ]);
  });

  it('does not let the device do less: state and changes go through', () => {
    const faulty = withFaults(device, () => 0);
    expect(faulty.state()).toEqual({ on: true });
    expect(() => faulty.change?.({ on: false })).toThrow(RangeError);
  });
});
