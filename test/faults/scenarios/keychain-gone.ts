import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { AgentError } from '../../../drivers/kit/index.ts';
import { startSecretServiceBench } from '../../../main/vault/testing/secret-service.ts';
import type { AgentProcess } from '../../whole/support/agent-process.ts';
import { hasEnded } from '../support/bench.ts';
import { lacking } from '../support/programs.ts';
import { assertRead, assertTold, withRig } from '../support/rig.ts';
import type { Scenario } from './scenario.ts';

/** The keychain's service is killed under the agent. */
export const keychainGone: Scenario = {
  name: 'keychain-gone',
  promise: 'without the keychain only what needs a secret fails, with vault_unavailable, and health says so',
  obstacle: () =>
    lacking('dbus-daemon', 'dbus') ??
    lacking('gnome-keyring-daemon', 'gnome-keyring') ??
    lacking('gdbus', 'libglib2.0-bin'),
  async run() {
    const keychain = await startSecretServiceBench();
    try {
      await keychain.unlock();
      await withRig(async (rig) => {
        const { environment } = keychain;
        const agent = await rig.start({ environment, config: { vault: { provider: 'keychain' } } });
        assert.equal((await agent.api.getHealth()).vault.available, true);
        // Reaches the question whether such a listing takes a secret, for which the body had to be hashed.
        assert.notEqual(await installWithSecret(agent), 'vault_unavailable');

        await keychain.kill();
        assert.equal((await agent.api.getHealth()).vault.available, false);
        const check = (await agent.api.runDoctor()).checks.find(({ id }) => id === 'vault');
        assert.equal(check?.result, 'attention');
        assert.equal(await installWithSecret(agent), 'vault_unavailable');

        assertTold(await rig.tare(), { outcome: 'applied' });
        assertTold(await rig.relay(), { outcome: 'applied' });
        assertRead(await rig.weigh(), 'value');
        assert(!hasEnded(agent), 'the agent ended');

        await keychain.unlock();
        const { vault } = await agent.api.getHealth();
        assert(vault.available, `the keychain is back, and: ${vault.hint}`);
        await rig.account();
      });
    } finally {
      await keychain.close();
    }
  },
};

/** The code that a request with a secret in it is refused with. */
async function installWithSecret({ api }: AgentProcess): Promise<string> {
  const body = { listing: 'cn-scale-sics', auth: { type: 'api_key', api_key: 'not-a-real-one' }, config: {} } as const;
  try {
    await api.request('POST', '/v1/connectors', body, { idempotencyKey: randomUUID() });
    return assert.fail('a scale took a secret');
  } catch (error) {
    return AgentError.from(error).code;
  }
}
