import fc from 'fast-check';
import { expect, it } from 'vitest';
import { baseConfidence, type KnownPort, matchPorts, type PortEvidence } from './identity.ts';

interface Unit {
  readonly name: string;
  readonly kind: string;
  readonly serial: string | null;
}

const units: readonly Unit[] = [
  { name: 'unique-1', kind: '0403:6001', serial: 'A51MAMME' },
  { name: 'unique-2', kind: '0403:6001', serial: 'A600DYFH' },
  { name: 'twin-1', kind: '10c4:ea60', serial: 'TWIN77' },
  { name: 'twin-2', kind: '10c4:ea60', serial: 'TWIN77' },
  { name: 'dummy-1', kind: '10c4:ea60', serial: '0001' },
  { name: 'dummy-2', kind: '10c4:ea60', serial: '0001' },
  { name: 'mute-1', kind: '1a86:7523', serial: null },
  { name: 'mute-2', kind: '1a86:7523', serial: null },
];
/** The last two sockets don't say where they are. */
const topologies: readonly (string | null)[] = [
  'usb-0:1:1.0',
  'usb-0:2:1.0',
  'usb-0:3.1:1.0',
  'usb-0:3.2:1.0',
  null,
  null,
];

interface Plugged {
  readonly unit: Unit;
  readonly socket: number;
  readonly path: string;
  /** Told by the last look, and forgotten by a restart. */
  id: string | null;
}

/** What each device id has stood for, checked against the rules of identity at every look. */
class World {
  #plugged: Plugged[] = [];
  #known: readonly KnownPort[] = [];
  #minted = 0;
  readonly #unitBySerial = new Map<string, string>();
  readonly #socketByPort = new Map<string, number>();
  readonly #pathByPath = new Map<string, string>();
  readonly #idOfUnique = new Map<string, string>();
  #twinsMet = false;

  plug(unitIndex: number, socket: number) {
    const unit = units[unitIndex];
    if (unit === undefined || this.#plugged.some((each) => each.unit === unit || each.socket === socket)) return;
    let number = 0;
    while (this.#plugged.some((each) => each.path === `/dev/ttyUSB${number}`)) number += 1;
    this.#plugged.push({ unit, socket, path: `/dev/ttyUSB${number}`, id: null });
  }

  unplug(index: number) {
    this.#plugged.splice(index % Math.max(1, this.#plugged.length), 1);
  }

  restart() {
    for (const each of this.#plugged) each.id = null;
  }

  confirm(index: number) {
    const id = this.#plugged[index]?.id;
    this.#known = this.#known.map((device) => (device.id === id ? { ...device, unsettled: false } : device));
  }

  look() {
    const evidence = (each: Plugged): PortEvidence => ({
      path: each.path,
      vendorId: each.unit.kind.slice(0, 4),
      productId: each.unit.kind.slice(5),
      serial: each.unit.serial,
      interface: '00',
      topology: topologies[each.socket] ?? null,
      declared: false,
    });
    if (this.#plugged.filter((each) => each.unit.serial === 'TWIN77').length > 1) this.#twinsMet = true;
    const before = new Map(this.#known.map((device) => [device.id, device]));
    const { assignments, absent } = matchPorts(
      this.#known,
      this.#plugged.map((each) => ({ evidence: evidence(each), continues: each.id })),
      () => `dev_${this.#minted++}`,
    );
    const ids = assignments.map(({ known }) => known.id);
    expect(new Set(ids).size).toBe(ids.length);
    this.#known = [...assignments.map(({ known }) => known), ...absent];
    expect(new Set(this.#known.map(({ id }) => id)).size).toBe(
      before.size + assignments.filter(({ isNew }) => isNew).length,
    );
    this.#plugged.forEach((each, index) => {
      const known = assignments[index]?.known;
      if (known === undefined) throw new Error('a port without a device');
      this.#check(each, known, before.get(known.id));
      each.id = known.id;
    });
  }

  #check({ unit, socket, path, id }: Plugged, known: KnownPort, before: KnownPort | undefined) {
    if (id !== null) expect(known.id, 'what stayed is the same device').toBe(id);
    const confidence = baseConfidence(known);
    if (confidence === 'serial') {
      const isTwin = unit.serial === 'TWIN77';
      if (isTwin) expect(this.#twinsMet, 'a serial number seen twice counts no more').toBe(false);
      expect(unit.serial).not.toBe('0001');
      // Clones that were never here together can't be told from one unit that moves.
      const stoodFor = this.#unitBySerial.get(known.id);
      if (!isTwin && stoodFor !== undefined) expect(stoodFor).toBe(unit.name);
      this.#unitBySerial.set(known.id, unit.name);
    }
    if (confidence === 'port') {
      if (before?.level === 'serial')
        expect(this.#unitBySerial.get(known.id), 'no swap on the way down').toBe(unit.name);
      expect(this.#socketByPort.get(known.id) ?? socket).toBe(socket);
      this.#socketByPort.set(known.id, socket);
    }
    if (confidence === 'path') {
      expect(this.#pathByPath.get(known.id) ?? path).toBe(path);
      this.#pathByPath.set(known.id, path);
    }
    if (unit.name.startsWith('unique')) {
      expect(confidence).toBe('serial');
      expect(this.#idOfUnique.get(unit.name) ?? known.id, 'a real serial number is found again anywhere').toBe(
        known.id,
      );
      this.#idOfUnique.set(unit.name, known.id);
    }
  }
}

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('plug' as const), unit: fc.nat(7), socket: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('unplug' as const), index: fc.nat(5) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('look' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('confirm' as const), index: fc.nat(5) }) },
);

it('never binds a device wrongly, whatever is plugged where and in whichever order', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
      const world = new World();
      for (const each of steps) {
        if (each.do === 'plug') world.plug(each.unit, each.socket);
        else if (each.do === 'unplug') world.unplug(each.index);
        else if (each.do === 'confirm') world.confirm(each.index);
        else if (each.do === 'restart') world.restart();
        else world.look();
      }
      world.look();
    }),
    { numRuns: 1_500 },
  );
});

interface Interface {
  readonly unit: string;
  readonly kind: string;
  readonly serial: string | null;
  readonly part: string;
}
/** Distinct serial numbers, twins, none, a dummy, and a unit with two ports. */
const fleet: readonly (readonly Interface[])[] = [
  ...[
    ['distinct-1', 'A51MAMME'],
    ['distinct-2', 'A600DYFH'],
    ['twin-1', 'TWIN77'],
    ['twin-2', 'TWIN77'],
    ['none-1', null],
    ['none-2', null],
    ['dummy', '0001'],
  ].map(([unit, serial]) => [{ unit: unit ?? '', kind: '0403:6001', serial: serial ?? null, part: '00' }]),
  ['00', '02'].map((part) => ({ unit: 'composite', kind: '2341:0043', serial: 'COMPO1', part })),
];
/** What a unit is called where it can't be told from another: any of those may sit in the place. */
const likeness = (unit: string) => unit.replace(/-\d$/, '');

it('binds right over 1,000 replugs of everything in any order, in any sockets', () => {
  const permutation = fc.tuple(
    fc.shuffledSubarray([...fleet.keys()], { minLength: fleet.length }),
    fc.shuffledSubarray([...fleet.keys(), fleet.length, fleet.length + 1], { minLength: fleet.length }),
  );
  fc.assert(
    fc.property(permutation, permutation, ([firstOrder, firstSockets], [order, sockets]) => {
      let minted = 0;
      const ports = (units: readonly number[], places: readonly number[]) => {
        // Names are given in the order of arrival.
        let number = 0;
        return units.flatMap((unit) =>
          (fleet[unit] ?? []).map((each) => ({
            each,
            socket: places[unit] ?? -1,
            evidence: {
              path: `/dev/ttyUSB${number++}`,
              vendorId: each.kind.slice(0, 4),
              productId: each.kind.slice(5),
              serial: each.serial,
              interface: each.part,
              topology: `usb-0:${places[unit]}:1.${Number(each.part)}`,
              declared: false,
            },
          })),
        );
      };
      const match = (known: readonly KnownPort[], seen: ReturnType<typeof ports>) =>
        matchPorts(
          known,
          seen.map(({ evidence }) => ({ evidence, continues: null })),
          () => `dev_${minted++}`,
        );
      const before = ports(firstOrder, firstSockets);
      const first = match([], before);
      const bound = new Map(first.assignments.map(({ known }, index) => [known.id, before[index]]));
      const away = match(
        first.assignments.map(({ known }) => known),
        [],
      );
      const after = ports(order, sockets);
      const second = match(away.absent, after);
      for (const [index, { known, isNew }] of second.assignments.entries()) {
        const [was, is] = [bound.get(known.id), after[index]];
        if (is === undefined) throw new Error('more devices than ports');
        const hasOwnSerial = ['distinct', 'composite'].includes(likeness(is.each.unit));
        if (hasOwnSerial) {
          expect(isNew, `${is.each.unit} is found again`).toBe(false);
          expect(was?.each, 'as the same interface of the same unit').toEqual(is.each);
          expect(baseConfidence(known)).toBe('serial');
        } else {
          // Known by its place, or a new device there: never another place's device.
          expect(baseConfidence(known)).not.toBe('serial');
          if (!isNew && baseConfidence(known) === 'port') {
            expect(was?.socket).toBe(is.socket);
            expect(likeness(was?.each.unit ?? '')).toBe(likeness(is.each.unit));
          }
        }
      }
    }),
    { numRuns: 1_000 },
  );
});
