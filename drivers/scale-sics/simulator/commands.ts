import type { SimulatorOptions } from './options.ts';
import type { Pan, PanResult } from './pan.ts';

/** What the scale says to one command line. */
interface Execution {
  readonly lines: readonly string[];
  /** How long it takes to say so. */
  readonly delayMs: number;
  /** Whether a command that changes something was carried out. */
  readonly effect: 'done' | 'refused';
}

/** The command interpreter of a scale. */
export interface Commands {
  execute(line: string): Execution;
  /** Power came on: no stream, no tare. */
  restart(): void;
  streaming(): boolean;
}

const level0 = ['I0', 'I1', 'I2', 'I3', 'I4', 'I5', 'S', 'SI', 'SIR', 'Z', 'ZI', '@'];
const level1 = ['D', 'DW', 'T', 'TA', 'TAC', 'TI', 'I11'];
/** Each of these ends a running stream. */
const endsStream = new Set(['S', 'SI', 'SR', '@']);

/** Reads commands and answers as a scale of the options' level does. */
export function createCommands(pan: Pan, options: SimulatorOptions): Commands {
  let streaming = false;
  const known = options.level === 0 ? level0 : [...level0, ...level1];

  const quoted = (text: string): string => (options.terse ? text : `"${text}"`);
  const weight = (value: string): string => `${options.terse ? value : value.padStart(10)} ${pan.unit()}`;
  const say = (...lines: string[]): Execution => ({ lines, delayMs: 0, effect: 'done' });
  const refuse = (line: string, delayMs = 0): Execution => ({ lines: [line], delayMs, effect: 'refused' });
  const serial = () => say(`I4 A ${quoted(options.serial)}`);

  const weighing = (): string => {
    const fault = pan.fault();
    if (fault !== null) return `S S Error ${fault}`;
    return `S ${pan.range() ?? `${pan.stable() ? 'S' : 'D'} ${weight(pan.net())}`}`;
  };
  const weighingAtRest = (): Execution =>
    pan.stable() || pan.fault() !== null ? say(weighing()) : refuse('S I', options.stability_timeout_ms);

  const acting = (id: string, result: PanResult, answer: () => string): Execution => {
    if (pan.fault() !== null) return refuse(`${id} S Error ${pan.fault()}`);
    if (result === 'done') return say(answer());
    return refuse(`${id} ${result}`, result === 'I' ? options.stability_timeout_ms : 0);
  };
  const whenSound = (act: () => PanResult): PanResult => (pan.fault() === null ? act() : 'I');

  const tareMemory = (rest: string): Execution => {
    const [value, unit, ...more] = rest.split(' ');
    if (rest !== '') {
      const result = unit === undefined || more.length > 0 ? 'L' : pan.presetTare(value ?? '', unit);
      if (result !== 'done') return refuse(options.terse ? 'EL' : 'TA L');
    }
    return say(options.terse && rest !== '' ? 'TA A' : `TA A ${weight(pan.tare())}`);
  };

  const run = (name: string, rest: string): Execution => {
    if (!known.includes(name)) return refuse('ES');
    if (rest !== '' && name !== 'TA' && name !== 'D') return refuse('ES');
    switch (name) {
      case 'S':
        return weighingAtRest();
      case 'SI':
        return say(weighing());
      case 'SIR':
        streaming = true;
        return say(weighing());
      case 'Z':
      case 'ZI':
        return acting(
          name,
          whenSound(() => pan.zero(name === 'Z')),
          () => (name === 'Z' ? 'Z A' : `ZI ${pan.stable() ? 'S' : 'D'}`),
        );
      case 'T':
      case 'TI':
        return acting(
          name,
          whenSound(() => pan.takeTare(name === 'T')),
          () => (options.terse ? `${name} A` : `${name} ${pan.stable() ? 'S' : 'D'} ${weight(pan.tare())}`),
        );
      case 'TA':
        return tareMemory(rest);
      case 'TAC':
        pan.clearTare();
        return say('TAC A');
      case 'D':
        return /^".*"$/.test(rest) ? say('D A') : refuse('D L');
      case 'DW':
        return say('DW A');
      case '@':
        pan.clearTare();
        return serial();
      case 'I0':
        return say(
          ...known.map((one, index) => `I0 ${index === known.length - 1 ? 'A' : 'B'} ${levelOf(one)} "${one}"`),
        );
      case 'I1':
        return say(options.level === 0 ? 'I1 A "0" "2.30" "" "" ""' : 'I1 A "01" "2.30" "2.20" "" ""');
      case 'I2':
        return say(`I2 A ${quoted(`${options.model} ${options.capacity} ${options.unit}`)}`);
      case 'I3':
        return say(`I3 A ${quoted(options.firmware)}`);
      case 'I4':
        return serial();
      case 'I5':
        return say(`I5 A ${quoted('12121306C')}`);
      case 'I11':
        return say(`I11 A ${quoted(options.model)}`);
      default:
        return refuse('ES');
    }
  };

  return {
    execute(line) {
      const space = line.indexOf(' ');
      const name = space < 0 ? line : line.slice(0, space);
      const onItsWay = streaming ? [weighing()] : [];
      if (endsStream.has(name)) streaming = false;
      const execution = run(name, space < 0 ? '' : line.slice(space + 1));
      return { ...execution, lines: [...onItsWay, ...execution.lines] };
    },
    restart() {
      streaming = false;
      pan.clearTare();
    },
    streaming: () => streaming,
  };
}

function levelOf(command: string): 0 | 1 {
  return level0.includes(command) ? 0 : 1;
}
