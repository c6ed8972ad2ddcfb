import { useEffect, useState } from 'react';
import { displayAge, displayDecimal, displayUnit, isStale } from './format.ts';
import type { Reading } from './wire.ts';

const locale = navigator.language;

/** One clock for every age on the page. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

interface Row {
  readonly label: string;
  readonly value: string;
  readonly unit: string | null;
  readonly stable: boolean | null;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const title = (key: string) => key.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase());

/** The numbers (and the on and off) in a reading, in the order the device gives them. */
export function rowsOf(label: string, value: unknown): readonly Row[] {
  if (!isRecord(value)) return [];
  if (typeof value['value'] === 'string' && typeof value['unit'] === 'string') {
    return [
      {
        label,
        value: value['value'],
        unit: value['unit'],
        stable: typeof value['stable'] === 'boolean' ? value['stable'] : null,
      },
    ];
  }
  return Object.entries(value).flatMap(([key, inner]): readonly Row[] => {
    if (Array.isArray(inner)) return inner.flatMap((item) => relayRow(item));
    if (typeof inner === 'boolean') return [wordRow(key, inner ? 'yes' : 'no')];
    if (typeof inner === 'string' && /^(cover|paper|drawer)$/.test(key)) return [wordRow(key, inner)];
    return key === 'tare' ? [] : rowsOf(/^(values|relays)$/.test(key) ? label : title(key), inner);
  });
}

function wordRow(key: string, value: string): Row {
  return { label: title(key), value, unit: null, stable: null };
}

function relayRow(item: unknown): readonly Row[] {
  if (!isRecord(item) || typeof item['on'] !== 'boolean') return [];
  return [
    { label: `Relay ${String(item['relay'] ?? '')}`, value: item['on'] ? 'on' : 'off', unit: null, stable: null },
  ];
}

/** The last values of a connector. A value that is old, or of a device in error, looks old. */
export function LiveValues({
  readings,
  inError,
  now,
}: {
  readonly readings: readonly Reading[];
  readonly inError: boolean;
  readonly now: number;
}) {
  return readings.map((reading) => {
    const rows = rowsOf(
      reading.tool.split('.')[0]?.replace(/^./, (letter) => letter.toUpperCase()) ?? '',
      reading.value,
    );
    if (rows.length === 0) return null;
    const old = inError || isStale(reading.at, reading.expected_interval_ms, now);
    return (
      <div key={reading.tool}>
        <dl className={old ? 'values old' : 'values'} data-tool={reading.tool}>
          {rows.map((row) => (
            <div key={row.label}>
              <dt>{row.label}</dt>
              <dd>
                <span className="value">{row.unit === null ? row.value : displayDecimal(row.value, locale)}</span>
                {row.unit !== null && <span className="unit">{` ${displayUnit(row.unit)}`}</span>}
                {row.stable !== null && (
                  <span className="stability" title={row.stable ? 'stable' : 'moving'}>
                    {row.stable ? '=' : '≈'}
                  </span>
                )}
              </dd>
            </div>
          ))}
        </dl>
        <p className="meta">
          {old ? `as of ${new Date(reading.at).toLocaleTimeString(locale)}` : `read ${displayAge(reading.at, now)}`}
        </p>
      </div>
    );
  });
}
