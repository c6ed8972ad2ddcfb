import type { Cloud } from './cloud.ts';
import type { CloudEvents } from './cloud-events.ts';
import { createBatchCarrier } from './outbox/index.ts';
import type { Send } from './way-out/send.ts';

/** Lets events go to the hub that this machine is paired with, while its link stands. Returns what ends that. */
export function feedHub(
  cloud: Pick<Cloud, 'status' | 'credentials'>,
  events: Pick<CloudEvents, 'use'>,
  send: Send,
): () => void {
  const use = () => {
    const { hub, state, tenant } = cloud.status();
    const credential = cloud.credentials.current();
    const carrier = credential === null ? null : createBatchCarrier(credential, send);
    if (hub === null || state === 'none') return events.use(null);
    // What waits for one tenant is nothing that another may see.
    const id = tenant === null ? null : `${hub.origin} ${tenant.id} ${tenant.mode}`;
    events.use({ name: hub.origin, id, carrier });
  };
  use();
  return cloud.credentials.subscribe(use);
}
