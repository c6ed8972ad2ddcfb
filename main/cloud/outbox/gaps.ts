import type { Gap, GapReason } from './terms.ts';

/** One event that is given up. */
export type Lost = Pick<Gap, 'class' | 'device' | 'stream' | 'source' | 'simulated'> & {
  readonly seq: number;
  readonly at: string;
};

/**
 * The gaps after these were lost too. Neighbours become one; a gap never covers an event that was not lost, so that what is
 * between two gaps is known to have been sent or to be on its way.
 */
export function widenGaps(gaps: readonly Gap[], lost: readonly Lost[], reason: GapReason): readonly Gap[] {
  const byStream = new Map<string, Gap[]>();
  const listOf = ({ device, stream }: Pick<Gap, 'device' | 'stream'>) => {
    const key = `${device} ${stream}`;
    const own = byStream.get(key) ?? [];
    byStream.set(key, own);
    return own;
  };
  for (const gap of gaps) listOf(gap).push(gap);
  for (const { seq, at, ...of } of lost) {
    const own = listOf(of);
    const one: Gap = { ...of, reason, firstSeq: seq, lastSeq: seq, lost: 1, fromAt: at, toAt: at };
    const last = own.at(-1);
    if (last !== undefined && last.lastSeq + 1 === seq) own[own.length - 1] = join(last, one);
    else own.push(one);
  }
  return [...byStream.values()].flatMap(joinNeighbours);
}

function joinNeighbours(gaps: readonly Gap[]): readonly Gap[] {
  const joined: Gap[] = [];
  for (const gap of [...gaps].sort((left, right) => left.firstSeq - right.firstSeq)) {
    const last = joined.at(-1);
    if (last !== undefined && last.lastSeq + 1 === gap.firstSeq) joined[joined.length - 1] = join(last, gap);
    else joined.push(gap);
  }
  return joined;
}

/** Two neighbours, the earlier first. */
function join(left: Gap, right: Gap): Gap {
  return {
    ...right,
    reason: left.reason === right.reason ? left.reason : 'several',
    firstSeq: left.firstSeq,
    lost: left.lost + right.lost,
    fromAt: left.fromAt,
  };
}
