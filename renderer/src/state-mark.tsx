import type { Shape, Tone } from './words/en.ts';

const paths: Readonly<Record<Shape, string>> = {
  tick: 'M10 1.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM5.5 10.2l3 3 6-6.4',
  ring: 'M10 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM10 9a1 1 0 1 0 0 2 1 1 0 0 0 0-2z',
  dashed: 'M10 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16z',
  clock: 'M2.5 2.5h15v15h-15zM10 6v4.5l3 1.5',
  octagon: 'M6.5 1.8h7l4.7 4.7v7l-4.7 4.7h-7l-4.7-4.7v-7zM7 7l6 6M13 7l-6 6',
  triangle: 'M10 2.2 18.5 17.5h-17zM10 8v4.2M10 14.8v.2',
  bar: 'M10 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM6 10h8',
  diamond: 'M10 1.5 18.5 10 10 18.5 1.5 10zM8 8a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1v.4M10 13.6v.2',
  plus: 'M2.5 2.5h15v15h-15zM10 6v8M6 10h8',
};

/** The shape that carries a state; hidden from screen readers, since the word always stands beside it. */
export function StateMark({ shape, tone }: { readonly shape: Shape; readonly tone: Tone }) {
  return (
    <svg className={`mark tone-${tone}`} viewBox="0 0 20 20" aria-hidden="true">
      <path d={paths[shape]} strokeDasharray={shape === 'dashed' ? '3 3' : undefined} />
    </svg>
  );
}
