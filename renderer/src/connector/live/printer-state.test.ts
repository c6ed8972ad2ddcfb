import { expect, it } from 'vitest';
import { partsOfPrinter, printerReadingSchema, troublesOf } from './printer-state.ts';

const partsOf = (reading: object) =>
  Object.fromEntries(
    partsOfPrinter(printerReadingSchema.parse(reading)).map(({ key, value, look }) => [key, `${value} ${look.tone}`]),
  );

it('tells each part that is as it should be, and each that is not, by word and tone', () => {
  expect(
    partsOf({
      ready: true,
      online: true,
      problems: [],
      cover: 'closed',
      paper: 'ok',
      drawer: 'open',
      drawer_pin: 'low',
    }),
  ).toEqual({
    online: 'yes ok',
    paper: 'ok ok',
    cover: 'closed ok',
    cutter: 'ok ok',
    head: 'ok ok',
    drawer: 'open ok',
  });
  expect(
    partsOf({
      ready: false,
      online: false,
      problems: ['its cutter is jammed', 'its cover is open', 'its paper is out', 'its head is too hot'],
      cover: 'open',
      paper: 'out',
      drawer: 'unknown',
    }),
  ).toEqual({ online: 'no error', paper: 'out error', cover: 'open error', cutter: 'stuck error', head: 'hot error' });
});

it('claims nothing of what a printer on a USB port can not tell', () => {
  expect(
    partsOf({ ready: true, online: true, problems: [], cover: 'unknown', paper: 'not_out', drawer: 'unknown' }),
  ).toEqual({ online: 'yes ok', paper: 'not_out ok', cover: 'unknown off' });
});

it('says once what to do, and not what follows from it', () => {
  const doing = (reading: object) =>
    troublesOf(partsOfPrinter(printerReadingSchema.parse(reading))).map(({ key, value }) => `${key} ${value}`);
  const open = { ready: false, online: false, problems: ['its cover is open'], cover: 'open', paper: 'ok' };
  expect(doing(open)).toEqual(['cover open']);
  expect(doing({ ...open, paper: 'out' })).toEqual(['paper out']);
  expect(doing({ ...open, cover: 'closed', problems: ['it is offline'] })).toEqual(['online no']);
  expect(doing({ ...open, ready: true, online: true, cover: 'closed', paper: 'near_end' })).toEqual(['paper near_end']);
});
