import { CopyButton } from './copy-button.tsx';

/** A command to run in a terminal, with the way to copy it. */
export function Command({ text }: { readonly text: string }) {
  return (
    <span className="command">
      <code>{text}</code>
      <CopyButton text={text} />
    </span>
  );
}
