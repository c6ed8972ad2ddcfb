import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

/** What can go wrong around the agent and its window. */
export const incidentKinds = [
  'agent-ended',
  'agent-would-not-start',
  'agent-silent',
  'page-died',
  'page-unresponsive',
  'page-given-up',
  'gpu-died',
  'helper-died',
  'request-refused',
  'shell-fault',
  'update-failed',
] as const;

const incidentSchema = z.object({
  at: z.iso.datetime(),
  kind: z.enum(incidentKinds),
  message: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
/** One thing that went wrong. */
export type Incident = Readonly<z.output<typeof incidentSchema>>;
/** An {@link Incident} before it is written down. */
export type NewIncident = Pick<Incident, 'kind' | 'message'> & { readonly facts?: Incident['facts'] };

/** The file is moved aside at this size; one former file stays. */
const LARGEST_BYTES = 256 * 1024;
/** A window that dies in a loop shall not fill the file with itself. */
const MOST_PER_MINUTE = 30;

/** Where crashes are written down, for people and for the support bundle. */
export interface IncidentLog {
  readonly file: string;
  /** Writes one line of JSON before it returns. Never throws: a full disk must not end the shell as well. */
  record(incident: NewIncident): void;
  /** What is written, oldest first; lines that can't be read are left out. */
  read(): readonly Incident[];
}

/** Opens the file; its folder is made when it is first needed, for this user alone. */
export function openIncidentLog(file: string, now: () => number): IncidentLog {
  let minute = 0;
  let inMinute = 0;
  return {
    file,
    record({ kind, message, facts = {} }) {
      const thisMinute = Math.floor(now() / 60_000);
      if (thisMinute !== minute) {
        minute = thisMinute;
        inMinute = 0;
      }
      inMinute += 1;
      if (inMinute > MOST_PER_MINUTE) return;
      const incident: Incident = { at: new Date(now()).toISOString(), kind, message: message.slice(0, 2_000), facts };
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_BYTES) renameSync(file, `${file}.1`);
        appendFileSync(file, `${JSON.stringify(incident)}\n`, { mode: 0o600 });
      } catch {
        // The disk takes no more; what happened is still shown.
      }
    },
    read() {
      return [`${file}.1`, file].flatMap((path) => {
        try {
          return readFileSync(path, 'utf8').split('\n').flatMap(parseLine);
        } catch {
          return [];
        }
      });
    },
  };
}

function parseLine(line: string): Incident[] {
  try {
    return [incidentSchema.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}
