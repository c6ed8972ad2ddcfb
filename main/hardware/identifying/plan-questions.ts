import {
  concatBytes,
  type Disturbance,
  type Driver,
  type FirstWay,
  linksOf,
  type UnknownPlace,
} from '../../../drivers/kit/index.ts';
import type { Recognition } from '../device.ts';
import { asHeard } from './as-heard.ts';
import { type Stranger as Bystander, strangers } from './strangers.table.ts';

/** One way of asking, in its place. */
export interface PlannedAttempt {
  readonly driver: Driver;
  readonly way: FirstWay;
  /** What may be sent before there is an answer. */
  readonly frames: readonly Uint8Array[];
  /** What these may do all the same, for people. */
  readonly risks: readonly string[];
}

/** Who is asked in which order, and who is not. */
export interface QuestionPlan {
  readonly attempts: readonly PlannedAttempt[];
  readonly leftOut: readonly { readonly listing: string; readonly reason: string }[];
}

interface Family {
  readonly driver: Driver;
  readonly rank: number;
  readonly ways: readonly { readonly way: FirstWay; readonly frames: readonly Uint8Array[] }[];
  /** Families that must have been asked before, with what would be done to them. */
  readonly after: ReadonlyMap<Driver, Disturbance>;
}

/**
 * Puts the questions of all families on a link into an order in which none harms a device of another (contract section 3).
 * A question on which another family's device would act is never asked; one that another's would print or show comes
 * after that family was asked in all its ways, and not at all when that family can't be asked. `recognition` is what the
 * descriptor says: candidates come first, and what would disturb a recognised product is left out.
 */
export function planQuestions(request: {
  readonly drivers: readonly Driver[];
  readonly place: UnknownPlace;
  /** A unit on a bus is asked as nothing else; null: the port itself. */
  readonly unit: number | null;
  readonly recognition: Pick<Recognition, 'listing' | 'candidates'>;
  readonly framesOf: (driver: Driver, way: FirstWay) => readonly Uint8Array[];
}): QuestionPlan {
  const { place, unit, recognition, framesOf } = request;
  const drivers = request.drivers.filter((driver) => linksOf(driver).includes(place.link));
  // A unit has an address because a person said so: nothing but its bus is there.
  const bystandersOf = (driver: Driver) =>
    unit !== null || driver.id === recognition.listing ? [] : drivers.filter((other) => other !== driver);
  const leftOut: { listing: string; reason: string }[] = [];
  const families: Family[] = [];
  /** Not asked in all their ways, so that their silence tells nothing. */
  const untold = new Set<Driver>();
  for (const driver of drivers) {
    if (unit !== null && driver.bus === null) continue;
    const ways = (driver.firstQuestions?.ways(place) ?? []).map((way) => ({ way, frames: framesOf(driver, way) }));
    if (ways.length === 0) {
      leftOut.push({ listing: driver.id, reason: neverBlindly });
      continue;
    }
    const others = bystandersOf(driver);
    const after = new Map(others.flatMap((other) => marked(other, ways)));
    const spoilt = [...after].find(([other]) => other.id === recognition.listing || !isAskable(other, place));
    if (spoilt === undefined) families.push({ driver, rank: rankOf(driver, recognition), ways, after });
    else {
      untold.add(driver);
      leftOut.push({ listing: driver.id, reason: wouldDisturb(spoilt[0].title, spoilt[1]) });
    }
  }

  const attempts: PlannedAttempt[] = [];
  const unknown = place.link === 'serial' && unit === null ? strangers : [];
  const { ordered, knotted } = inOrder(families);
  const before: Uint8Array[] = [];
  for (const { driver } of knotted) {
    untold.add(driver);
    leftOut.push({ listing: driver.id, reason: mutual });
  }
  for (const { driver, ways, after } of ordered) {
    const spoilt = [...after].find(([other]) => untold.has(other));
    if (spoilt !== undefined) {
      untold.add(driver);
      leftOut.push({ listing: driver.id, reason: wouldDisturb(spoilt[0].title, spoilt[1]) });
      continue;
    }
    const bystanders = bystandersOf(driver);
    for (const { way, frames } of ways) {
      const heard = [...before, ...frames.flatMap((frame) => asHeard(frame, way.line))];
      const found = frames.length === 0 ? [] : disturbances([...bystanders.map(named), ...unknown], heard);
      const act = found.find(({ disturbance }) => disturbance.kind === 'acts');
      if (act !== undefined) {
        untold.add(driver);
        leftOut.push({ listing: driver.id, reason: wouldDisturb(act.name, act.disturbance) });
        continue;
      }
      const own = frames.length === 0 ? [] : disturbances([...bystanders.map(named), ...unknown], frames);
      const risks = own.map(({ name, disturbance }) => `${name} would ${disturbance.what}`);
      attempts.push({ driver, way, frames, risks });
      before.push(...frames);
    }
  }
  return { attempts, leftOut: unique(leftOut) };
}

const neverBlindly =
  'Its devices can not be told from others without risk, so that nothing is asked until a person names the listing.';
const mutual = 'Its questions and those of another family would each disturb the other.';

function wouldDisturb(name: string, { what }: Disturbance): string {
  return `Not asked: ${name} would ${what}. Name the listing if it is sure that none hangs there.`;
}

function isAskable(driver: Driver, place: UnknownPlace): boolean {
  return (driver.firstQuestions?.ways(place) ?? []).length > 0;
}

function rankOf(driver: Driver, { listing, candidates }: Pick<Recognition, 'listing' | 'candidates'>): number {
  if (driver.id === listing) return -1;
  const place = candidates.findIndex((candidate) => candidate.listing === driver.id);
  return place < 0 ? candidates.length : place;
}

function marked(other: Driver, ways: Family['ways']): [Driver, Disturbance][] {
  for (const { way, frames } of ways) {
    for (const heard of frames.flatMap((frame) => asHeard(frame, way.line))) {
      const disturbance = other.disturbedBy?.(heard) ?? null;
      if (disturbance?.kind === 'marks') return [[other, disturbance]];
    }
  }
  return [];
}

/** By rank, those that only listen first among equals, each after those that it would disturb. */
function inOrder(families: readonly Family[]): { readonly ordered: readonly Family[]; readonly knotted: Family[] } {
  const waiting = families.toSorted(
    (left, right) => left.rank - right.rank || loudness(left) - loudness(right) || compareIds(left, right),
  );
  const ordered: Family[] = [];
  for (;;) {
    const free = waiting.findIndex(({ after }) => waiting.every(({ driver }) => !after.has(driver)));
    const [next] = free < 0 ? [] : waiting.splice(free, 1);
    if (next === undefined) return { ordered, knotted: waiting };
    ordered.push(next);
  }
}

function loudness({ ways }: Family): number {
  return ways.some(({ frames }) => frames.length > 0) ? 1 : 0;
}

function compareIds({ driver: left }: Family, { driver: right }: Family): number {
  return left.id.localeCompare(right.id);
}

function named({ title, disturbedBy }: Driver): Bystander {
  return { name: title, disturbedBy: disturbedBy ?? (() => null) };
}

function disturbances(bystanders: readonly Bystander[], heard: readonly Uint8Array[]) {
  const bytes = concatBytes(...heard);
  return bystanders.flatMap(({ name, disturbedBy }) => {
    const disturbance = disturbedBy(bytes);
    return disturbance === null ? [] : [{ name, disturbance }];
  });
}

function unique(leftOut: readonly { readonly listing: string; readonly reason: string }[]) {
  return [...new Map(leftOut.map((entry) => [`${entry.listing}\n${entry.reason}`, entry])).values()];
}
