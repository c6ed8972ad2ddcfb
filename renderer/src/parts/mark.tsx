import type { Look, Shape } from '../words/states.table.ts';

interface Drawing {
  readonly line: string;
  /** `stroke-dasharray` of the outline. */
  readonly dashes?: string;
  /** Drawn on top, never dashed. */
  readonly inside?: string;
  /** Filled with the line's colour, for shapes that have to be heavier. */
  readonly solid?: boolean;
}

const ring = 'M10 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16z';
const square = 'M2.5 2.5h15v15h-15z';
const diamond = 'M10 1.4 18.6 10 10 18.6 1.4 10z';
const tick = 'M6 10.3l2.8 2.8L14 7.4';
const cross = 'M7 7l6 6M13 7l-6 6';

const drawings: Readonly<Record<Shape, Drawing>> = {
  'disc-tick': { line: ring, inside: tick, solid: true },
  'ring-dot': { line: ring, inside: 'M10 8.6a1.4 1.4 0 1 0 0 2.8 1.4 1.4 0 0 0 0-2.8z' },
  'ring-dashed': { line: ring, dashes: '5 3.4' },
  'ring-dotted': { line: ring, dashes: '0.1 4.1' },
  'square-clock': { line: square, inside: 'M10 5.5V10l3.2 2' },
  'octagon-x': { line: 'M6.5 1.8h7l4.7 4.7v7l-4.7 4.7h-7l-4.7-4.7v-7z', inside: cross, solid: true },
  triangle: { line: 'M10 2.2 18.6 17.6H1.4z', inside: 'M10 8v4.4M10 14.9v.1' },
  'diamond-question': { line: diamond, inside: 'M8.1 8.1a1.95 1.95 0 1 1 2.6 1.9c-.5.2-.7.5-.7 1v.3M10 13.7v.1' },
  'diamond-tick': { line: diamond, inside: 'M7 10.2l2.2 2.2L13.2 8' },
  'diamond-x': { line: diamond, inside: 'M7.6 7.6l4.8 4.8M12.4 7.6l-4.8 4.8' },
  'ring-bar': { line: ring, inside: 'M6 10h8' },
  'half-ring-arrow': { line: 'M10 2a8 8 0 0 0 0 16', inside: 'M8 10h10M14.4 6.4 18 10l-3.6 3.6' },
  'disc-dotted-tick': { line: ring, dashes: '0.1 4.1', inside: tick },
  'two-bars': { line: 'M6.5 3.5v13M13.5 3.5v13' },
  'cloud-slash': {
    line: 'M5.6 15.5a3.6 3.6 0 0 1-.3-7.2 5 5 0 0 1 9.5 1.1 3.1 3.1 0 0 1 .2 6.1z',
    inside: 'M3 3l14 14',
  },
  'plus-dashed': { line: square, dashes: '3.4 2.6', inside: 'M10 6v8M6 10h8' },
  link: { line: 'M8.5 11.5 12 8M7 9 4.6 11.4a3 3 0 0 0 4.2 4.2L11 13.2M13 11l2.4-2.4a3 3 0 0 0-4.2-4.2L9 6.8' },
};

/** The shape that carries a state; hidden from screen readers, since the word always stands beside it. */
export function Mark({ look: { shape, tone } }: { readonly look: Look }) {
  const { line, dashes, inside, solid = false } = drawings[shape];
  return (
    <svg className={`mark tone-${tone}`} viewBox="0 0 20 20" aria-hidden="true" data-shape={shape}>
      <path d={line} strokeDasharray={dashes} className={solid ? 'solid' : undefined} />
      {inside !== undefined && <path d={inside} className={solid ? 'cut' : undefined} />}
    </svg>
  );
}
