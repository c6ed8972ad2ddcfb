import { Agent, request } from 'node:http';
import { type IdentityKey, makeIdentityKey, openIdentityKey, pairingProof } from '../../../main/api/link/index.ts';
import { type PairedObject, pairedSchema } from '../../../main/api/schemas/index.ts';
import { makeSealingKey, openSealingKey, type SealingKey } from '../../../main/api/sealing/index.ts';

/** An agent that a hub has taken in, and its key. */
export interface Enrolled {
  readonly key: IdentityKey;
  readonly sealing: SealingKey;
  readonly paired: PairedObject;
}

const AT_ONCE = 16;
/** Each has a budget of pairings at the hub: 1,000 a minute. */
const ADDRESSES = 16;

/** Pairs so many with an enrolment token, from several addresses of this machine. */
export async function enrolMany(
  { origin, token, count }: { readonly origin: string; readonly token: string; readonly count: number },
  first: number,
): Promise<readonly Enrolled[]> {
  const agent = new Agent({ keepAlive: false });
  const done: Enrolled[] = [];
  let next = first;
  const work = async () => {
    while (next < first + count) {
      const number = next;
      next += 1;
      const key = openIdentityKey(makeIdentityKey());
      const sealing = openSealingKey(makeSealingKey());
      const body = {
        public_key: key.publicKey,
        sealing_key: sealing.publicKey,
        name: `machine-${number}`,
        version: '0.1.0',
        grants: { read: true, act: true, install: false, care: false },
        token,
        signature: key.sign(pairingProof({ origin, code: token })),
      };
      const text = await post(agent, `${origin}/v1/enrolments/use`, body, `127.0.0.${2 + (number % ADDRESSES)}`);
      done.push({ key, sealing, paired: pairedSchema.parse(JSON.parse(text)) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  agent.destroy();
  return done;
}

function post(agent: Agent, url: string, body: object, localAddress: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const sent = request(
    url,
    { method: 'POST', agent, localAddress, headers: { 'Content-Type': 'application/json' } },
    (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(text))));
    },
  );
  sent.once('error', reject);
  sent.end(JSON.stringify(body));
  return promise;
}
