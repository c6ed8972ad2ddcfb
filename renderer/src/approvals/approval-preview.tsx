import { useEffect, useState } from 'react';
import { request } from '../live/request.ts';
import { type Approval, type ApprovalDetail, approvalDetailSchema } from '../live/wire.ts';
import { useWords } from '../words/language.ts';

type Picture = NonNullable<ApprovalDetail['preview']>;

/** What would be printed, where the tool can draw it; asked for once, and nothing where there is nothing to see. */
export function ApprovalPreview({ approval }: { readonly approval: Approval }) {
  const { t } = useWords();
  const [picture, setPicture] = useState<Picture | null>(null);
  useEffect(() => {
    const left = new AbortController();
    request('GET', `/v1/approvals/${approval.id}`, approvalDetailSchema, { signal: left.signal })
      .then(({ preview }) => setPicture(preview))
      // The arguments say the same; a picture that does not come keeps nobody from deciding.
      .catch(() => {});
    return () => left.abort();
  }, [approval.id]);
  if (picture === null) return null;
  return (
    <figure>
      <img
        className="preview"
        src={`data:${picture.media_type};base64,${picture.data}`}
        alt={t('approvals.pictureOf', { summary: approval.summary })}
      />
      {picture.notes.length > 0 && (
        <figcaption className="muted">{t('approvals.notInPicture', { notes: picture.notes.join('; ') })}</figcaption>
      )}
    </figure>
  );
}
