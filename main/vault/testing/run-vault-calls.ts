/** Run as a process of its own: makes the calls in its argument on a keychain vault and prints the answers as JSON. */
import { tmpdir } from 'node:os';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { openVault, type Vault } from '../index.ts';

const calls = z
  .array(z.tuple([z.enum(['get', 'set', 'delete', 'check'])], z.string()))
  .parse(JSON.parse(process.argv[2] ?? ''));
const vault = await openVault({ provider: 'keychain', dataDir: tmpdir(), installationId: 'in_test' });

const make = async (
  vaultToUse: Vault,
  [method, entry = '', secret = '']: (typeof calls)[number],
): Promise<string | null> => {
  switch (method) {
    case 'get':
      return vaultToUse.get(entry);
    case 'set':
      await vaultToUse.set(entry, secret);
      return null;
    case 'delete':
      await vaultToUse.delete(entry);
      return null;
    case 'check':
      await vaultToUse.check();
      return null;
  }
};

const answers: object[] = [];
for (const call of calls) {
  try {
    answers.push({ value: await make(vault, call) });
  } catch (error) {
    const { code, hint } = AgentError.from(error);
    answers.push({ code, hint });
  }
}
process.stdout.write(JSON.stringify(answers));
