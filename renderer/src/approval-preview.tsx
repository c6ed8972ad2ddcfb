import { useEffect, useState } from 'react';
import { request } from './api.ts';
import { type Approval, approvalDetailSchema } from './wire.ts';

/** What would be printed, where the tool can draw it; asked for once, and nothing where there is nothing to see. */
export function ApprovalPreview({ approval }: { readonly approval: Approval }) {
  const [source, setSource] = useState<string | null>(null);
  useEffect(() => {
    const left = new AbortController();
    request('GET', `/v1/approvals/${approval.id}`, undefined, left.signal)
      .then((answer) => {
        const { preview } = approvalDetailSchema.parse(answer);
        if (preview !== null) setSource(`data:${preview.media_type};base64,${preview.data}`);
      })
      // The arguments say the same; a picture that does not come keeps nobody from deciding.
      .catch(() => {});
    return () => left.abort();
  }, [approval.id]);
  if (source === null) return null;
  return <img className="preview" src={source} alt={`What would be printed: ${approval.summary}`} />;
}
