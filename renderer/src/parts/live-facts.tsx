import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { agentNow, subscribeClock } from '../live/clock.ts';
import { type Fact, factsOf, glanceOf, shapeOf } from '../live/facts.ts';
import { keepFresh } from '../live/keep-fresh.ts';
import { BIG_INTERVAL_MS, ROW_INTERVAL_MS, readings } from '../live/readings.ts';
import { useLive } from '../live/store.ts';
import type { Reading } from '../live/wire.ts';
import { useWords, type Words } from '../words/language.ts';
import { displayDecimal, displayUnit } from '../words/numbers.ts';
import { displayAge, displayClock, isStale } from '../words/times.ts';
import { fieldWord, valueWord } from './field-words.ts';
import { watchOnScreen } from './on-screen.ts';

/** The latest of one tool, and what is shown of it. */
interface Shown {
  readonly reading: Reading;
  readonly facts: readonly Fact[];
}

/**
 * The last readings of a connector, kept up to date without React: a `row` shows what a glance needs, `big` everything.
 * A value that is old, or of a device in error, or seen before the agent was lost, looks old and says as of when it is.
 */
export function LiveFacts({
  connectorId,
  size,
  inError,
}: {
  readonly connectorId: string;
  readonly size: 'row' | 'big';
  readonly inError: boolean;
}) {
  const words = useWords();
  const lost = useLive((state) => state.link === 'lost');
  const place = useRef<HTMLDivElement>(null);
  const texts = useRef(new Map<string, HTMLElement>());
  const shown = useRef(new Map<string, Shown>());
  const [shape, setShape] = useState('');

  const write = useMemo(
    () => () => writeAll({ words, texts: texts.current, shown: shown.current, old: inError || lost }),
    [words, inError, lost],
  );
  const writeNow = useRef(write);
  useLayoutEffect(() => {
    writeNow.current = write;
    write();
  });

  useEffect(() => {
    shown.current.clear();
    let onScreen = true;
    let stopFresh: (() => void) | null = null;
    const stopReadings = readings.watch(connectorId, size === 'big' ? BIG_INTERVAL_MS : ROW_INTERVAL_MS, (reading) => {
      const whole = factsOf(reading);
      shown.current.set(reading.tool, { reading, facts: size === 'row' ? glanceOf(whole) : whole });
      setShape([...shown.current].map(([tool, { facts }]) => `${tool}=${shapeOf(facts)}`).join(';'));
      if (onScreen) writeNow.current();
    });
    const stopClock = subscribeClock(() => onScreen && writeNow.current());
    const stopScreen =
      place.current === null
        ? () => {}
        : watchOnScreen(place.current, (now) => {
            onScreen = now;
            stopFresh?.();
            stopFresh = now ? keepFresh(connectorId) : null;
            if (now) writeNow.current();
          });
    return () => {
      stopReadings();
      stopClock();
      stopScreen();
      stopFresh?.();
    };
  }, [connectorId, size]);

  const keep = (key: string) => (element: HTMLElement | null) => {
    if (element === null) texts.current.delete(key);
    else texts.current.set(key, element);
  };
  // `shape` is what this hangs on: texts are written past React.
  const tools = shape === '' ? [] : [...shown.current].filter(([, { facts }]) => facts.length > 0);
  return (
    <div className={size === 'row' ? 'facts-live at-glance' : 'facts-live big'} ref={place}>
      {tools.map(([tool, { facts }]) => (
        <div key={tool} className="tool-facts" data-tool={tool} ref={keep(`${tool}/group`)}>
          {facts.map((fact) => (
            <span key={fact.key} className={`fact ${fact.kind}`} data-field={fact.key}>
              {(size === 'big' || fact.kind !== 'quantity' || facts.length > 1) && (
                <span className="fact-name">{fieldWord(words, fact)}</span>
              )}
              <span className="fact-value" ref={keep(`${tool}/${fact.key}/value`)} />
              {fact.kind === 'quantity' && displayUnit(fact.unit) !== '' && (
                <span className="unit">{`\u202f${displayUnit(fact.unit)}`}</span>
              )}
              {fact.kind === 'quantity' && fact.stable !== null && (
                <span className="stability" ref={keep(`${tool}/${fact.key}/stable`)} />
              )}
            </span>
          ))}
          <span className="age" ref={keep(`${tool}/age`)} />
        </div>
      ))}
    </div>
  );
}

function writeAll({
  words,
  texts,
  shown,
  old,
}: {
  readonly words: Words;
  readonly texts: ReadonlyMap<string, HTMLElement>;
  readonly shown: ReadonlyMap<string, Shown>;
  readonly old: boolean;
}): void {
  const { t, locale } = words;
  const now = agentNow();
  for (const [tool, { reading, facts }] of shown) {
    const stale = old || isStale(reading.at, reading.expected_interval_ms, now);
    texts.get(`${tool}/group`)?.classList.toggle('old', stale);
    put(
      texts.get(`${tool}/age`),
      stale ? t('parts.asOf', { at: displayClock(reading.at, locale, now) }) : displayAge(words, reading.at, now),
    );
    for (const fact of facts) {
      const value = texts.get(`${tool}/${fact.key}/value`);
      put(value, textOf(words, fact));
      if (fact.kind !== 'quantity') continue;
      reserve(value);
      if (fact.stable === null) continue;
      const stability = texts.get(`${tool}/${fact.key}/stable`);
      // A value that is old has no stability: what it does now is not known.
      put(stability, stale ? '' : fact.stable ? '=' : '≈');
      if (stability !== undefined) stability.title = stale ? '' : t(fact.stable ? 'parts.stable' : 'parts.moving');
    }
  }
}

function textOf(words: Words, fact: Fact): string {
  switch (fact.kind) {
    case 'quantity':
      return displayDecimal(fact.value, words.locale);
    case 'switch':
      return valueWord(words, fact.on ? 'on' : 'off');
    case 'switches':
      return words.t('parts.switchesOn', { on: fact.on, total: fact.total });
    case 'text':
      return fact.value;
    case 'word':
      return valueWord(words, fact.value);
  }
}

function put(element: HTMLElement | undefined, text: string): void {
  if (element === undefined) return;
  const node = element.firstChild;
  if (node instanceof Text) {
    if (node.data !== text) node.data = text;
  } else element.textContent = text;
}

/** Keeps the width of the longest value that was shown, so that nothing beside it shifts. */
function reserve(element: HTMLElement | undefined): void {
  if (element === undefined) return;
  const length = element.textContent?.length ?? 0;
  if (length <= Number(element.dataset['reserved'] ?? 0)) return;
  element.dataset['reserved'] = String(length);
  element.style.minWidth = `${length}ch`;
}
