import { ApprovalCard } from '../approvals/approval-card.tsx';
import '../approvals/approvals.css';
import type { Approval } from '../live/wire.ts';
import { Sheet } from '../parts/sheet.tsx';
import { useWords } from '../words/language.ts';
import { Keypad } from './keypad.tsx';

/** What waits for a person, with keys for the PIN. */
export function KioskApprovals({
  waiting,
  pinSet,
  onClose,
}: {
  readonly waiting: readonly Approval[];
  readonly pinSet: boolean;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  return (
    <Sheet title={t('approvals.waiting')} onClose={onClose} wide>
      {waiting.length === 0 && <p>{t('approvals.none')}</p>}
      <ul className="cards">
        {waiting.map((approval) => (
          <ApprovalCard
            key={approval.id}
            approval={approval}
            pinSet={pinSet}
            isAskedFor={false}
            onDecided={() => {}}
            keysFor={(pin, setPin) => (
              <Keypad label={t('kiosk.pinKeys')} value={pin} maxLength={12} onChange={setPin} />
            )}
          />
        ))}
      </ul>
    </Sheet>
  );
}
