import type { Received } from '../loads/load.ts';

/** What a caller was told, as far as it claims something. */
export interface Told {
  readonly outcome: string;
  readonly sent: boolean;
  readonly evidence: string | null;
}

/** What the journal says of one key. */
export interface Row {
  readonly state: string;
  readonly sent: boolean;
  /** A device was asked afterwards, and it could tell. */
  readonly resolved: boolean;
}

/** One ask and everything that was said and seen of it. */
export interface Account {
  readonly key: string;
  readonly mark: string;
  /** Before the fault; null when no answer came. */
  readonly first: Told | null;
  /** After it, to the same key; null when nobody asked again. */
  readonly last: Told | null;
  readonly row: Row | null;
  /** The device shows what was asked for, whoever made it so. */
  readonly shown: boolean;
}

/** What one device received in the meantime. */
export interface Receipt {
  /** Until the agent was back, before anything was asked again. */
  readonly before: readonly Received[];
  /** After that. */
  readonly after: readonly Received[];
}

/** The count of one trial. `doubled` and `unaccounted` have to be 0; `wrong` says why they are not. */
export interface Verdict {
  readonly effects: number;
  readonly applied: number;
  readonly failed: number;
  readonly refused: number;
  readonly unknown_resolved: number;
  readonly unknown_left: number;
  readonly doubled: number;
  readonly unaccounted: number;
  readonly wrong: readonly string[];
}

/**
 * Compares what one device received with the journal and with what the callers were told. Doubled: received more than
 * once for one key. Unaccounted: received, and journal or caller deny that anything was sent, or nobody asked for it; or
 * claimed to be done, and never received.
 */
export function judge(accounts: readonly Account[], receipt: Receipt): Verdict {
  const wrong: string[] = [];
  const all = [...receipt.before, ...receipt.after];
  let doubled = 0;
  let unaccounted = 0;
  const count = { applied: 0, failed: 0, refused: 0, unknown_resolved: 0, unknown_left: 0 };
  const denies = (told: Told | Row | null) => told !== null && !told.sent;

  for (const account of accounts) {
    const { key, mark, first, last, row, shown } = account;
    const by = (received: readonly Received[]) => received.filter((one) => one.mark === mark);
    const times = by(all).length;
    const done = by(all).some((one) => one.done);
    const problems: string[] = [];
    if (times > 1) doubled += 1;
    if (times > 1) wrong.push(`${key} (${mark}): received ${times} times`);
    if (denies(first) && by(receipt.before).length > 0)
      problems.push('its caller heard at first that nothing was sent');
    if (times > 0 && denies(last)) problems.push('its caller heard that nothing was sent');
    if (times > 0 && row === null) problems.push('the journal has no row');
    if (times > 0 && denies(row)) problems.push('the journal says that nothing was sent');
    if (times > 0 && problems.length > 0) wrong.push(`${key} (${mark}): received, but ${problems.join(', and ')}`);

    // What shows on the device may be so for another reason: then the evidence says no more than that it shows.
    const covered = done || shown;
    for (const told of [first, last]) {
      if (told?.outcome !== 'applied') continue;
      if (told.evidence === 'status_after' ? covered : done) continue;
      problems.push('claimed');
      wrong.push(`${key} (${mark}): said to be done (${told.evidence}), received ${times} times`);
    }
    if (first?.outcome === 'applied' && row?.state !== 'applied') {
      problems.push('forgotten');
      wrong.push(`${key} (${mark}): said to be done, and the journal says ${row?.state ?? 'nothing'}`);
    }
    if (last !== null && !['applied', 'failed', 'unknown', 'refused'].includes(last.outcome)) {
      problems.push('open');
      wrong.push(`${key} (${mark}): left ${last.outcome}`);
    }
    if (problems.length > 0) unaccounted += 1;

    const outcome = (last ?? first)?.outcome;
    if (outcome === 'applied') count.applied += 1;
    if (outcome === 'failed') count.failed += 1;
    if (outcome === 'refused') count.refused += 1;
    if (outcome === 'unknown') count.unknown_left += 1;
    if (row?.resolved === true) count.unknown_resolved += 1;
  }

  const asked = new Set(accounts.map(({ mark }) => mark));
  for (const { mark } of all.filter((one) => !asked.has(one.mark))) {
    unaccounted += 1;
    wrong.push(`received ${mark}, which nobody asked for`);
  }
  return { effects: accounts.length, ...count, doubled, unaccounted, wrong };
}

/** Verdicts as one. */
export function addVerdicts(verdicts: readonly Verdict[]): Verdict {
  const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((total, verdict) => total + of(verdict), 0);
  return {
    effects: sum((one) => one.effects),
    applied: sum((one) => one.applied),
    failed: sum((one) => one.failed),
    refused: sum((one) => one.refused),
    unknown_resolved: sum((one) => one.unknown_resolved),
    unknown_left: sum((one) => one.unknown_left),
    doubled: sum((one) => one.doubled),
    unaccounted: sum((one) => one.unaccounted),
    wrong: verdicts.flatMap((one) => one.wrong),
  };
}
