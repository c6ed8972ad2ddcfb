import { Dialog } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { useWords } from '../words/language.ts';

/**
 * A sheet over the page: focus goes in, stays in, and comes back to what opened it; Esc and a press beside it close it.
 * `first`: what has focus at first. Of a question about something that acts that is the safe answer; without it, the
 * heading is, so that the sheet is read from its start.
 */
export function Sheet({
  title,
  onClose,
  wide = false,
  closable = true,
  first,
  children,
}: {
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly wide?: boolean;
  /** False while something runs that closing would leave without its end being seen. */
  readonly closable?: boolean;
  readonly first?: () => HTMLElement | null;
  readonly children: ReactNode;
}) {
  const { t } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && closable && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="sheet-ground" />
        <Dialog.Content
          className={wide ? 'sheet wide' : 'sheet'}
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            (first?.() ?? heading.current)?.focus();
          }}
        >
          <div className="sheet-head">
            <Dialog.Title ref={heading} tabIndex={-1}>
              {title}
            </Dialog.Title>
            {closable && <Dialog.Close className="quiet">{t('parts.close')}</Dialog.Close>}
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
