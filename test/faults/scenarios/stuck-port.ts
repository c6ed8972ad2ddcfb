import assert from 'node:assert/strict';
import { join } from 'node:path';
import { concatBytes, type JsonObject } from '../../../drivers/kit/index.ts';
import type { SimulatedDevice } from '../../../drivers/kit/simulator/simulated-device.ts';
import { scaleSicsSimulator } from '../../../drivers/scale-sics/simulator.ts';
import { openPty, type Pty } from '../../../drivers/simulator-host/socat-pty.ts';
import type { EffectObject } from '../../../main/api/schemas/index.ts';
import { eventually } from '../../whole/support/wires.ts';
import { scale } from '../loads/scale.ts';
import { lacking } from '../support/programs.ts';
import { assertTold, type Rig, withRig } from '../support/rig.ts';
import type { Scenario } from './scenario.ts';

const XON = 0x11;
const XOFF = 0x13;
/** How long the scale may take for a command. */
const ANSWER_WITHIN_MS = 3_000;
/** Well within the deadline of a call. */
const ENDS_WITHIN_MS = 15_000;

/** A device that tells the port to stop sending, between the check and the command, and forgets to let it go on. */
export const stuckPort: Scenario = {
  name: 'stuck-port',
  promise: 'a port that takes no more bytes ends its call in time, unknown, is opened anew, and holds up no other',
  obstacle: () => lacking('socat'),
  run: () =>
    withRig(async (rig) => {
      const path = join(rig.bench.folder, 'stuck');
      const device = scaleSicsSimulator.create({ ...scale.device.simulator, serial: 'B987654321' });
      const holding = await openHoldingEnd(path, device);
      try {
        const agent = await rig.start({ config: withStuckScale(rig, path) });
        const id = rig.idOf('stuck');
        const tare = async (value: string, key: string): Promise<EffectObject> => {
          const args = { action: 'preset', value, unit: 'kg', idempotency_key: key };
          const answer = await agent.api.callTool(id, { tool: 'scale.tare', arguments: args });
          assert(answer.kind === 'effect');
          return answer.result;
        };
        assertTold(await tare('0.100', 'free'), { outcome: 'applied' });

        holding.holdAfter('TA\r\n');
        const beganMs = performance.now();
        const held = tare('0.200', 'held');
        await holding.held;
        let ended = false;
        void held.finally(() => {
          ended = true;
        });
        const others = await Promise.all([rig.tare(), rig.relay(), rig.weigh(), rig.readRelays()]);
        assert(!ended, 'calls on other ports were not answered before the held one');
        const told = await held;
        const heldMs = performance.now() - beganMs;
        assertTold(told, { outcome: 'unknown', sent: true });
        assert(heldMs < ENDS_WITHIN_MS, `the held call took ${Math.round(heldMs)} ms`);
        assertTold(others[0], { outcome: 'applied' });
        assertTold(others[1], { outcome: 'applied' });

        const port = await agent.api.getConnector(id);
        assert.notEqual(port.health?.state, 'ok', 'a port that takes nothing shows green');
        holding.release();
        await eventually('the port to work again', 45_000, async () => {
          const { health } = await agent.api.getConnector(id);
          return health?.state === 'ok';
        });
        // The scale knows its tare, so that the doubt ends by itself: the command had not left.
        const row = await eventually('the row', 45_000, async () => {
          const entry = await agent.api.getJournalEntry(told.journal_id ?? '');
          return entry.state === 'unknown' ? null : entry;
        });
        assert.equal(row.state, 'failed');
        assertTold(await tare('0.300', 'after'), { outcome: 'applied' });
        assert.deepEqual(commandsOf(device.state()), ['TA 0.100 kg', 'TA 0.300 kg']);
        await rig.account();
      } finally {
        await holding.pty.close();
      }
    }),
};

/** The far end of a wire that can hold the near end with XOFF. */
interface HoldingEnd {
  readonly pty: Pty;
  /** Holds the line right behind the answer to this question. */
  holdAfter(question: string): void;
  /** Resolves when it does. */
  readonly held: Promise<void>;
  release(): void;
}

async function openHoldingEnd(path: string, device: SimulatedDevice): Promise<HoldingEnd> {
  let trigger: string | null = null;
  const { promise: held, resolve: hold } = Promise.withResolvers<void>();
  const pty = await openPty(path, (bytes) => {
    const answers: Uint8Array[] = [];
    device.receive(bytes, (answer) => answers.push(answer));
    const holds = trigger !== null && Buffer.from(bytes).toString('latin1').endsWith(trigger);
    if (holds) {
      trigger = null;
      answers.push(Uint8Array.of(XOFF));
      hold();
    }
    pty.write(concatBytes(...answers));
  });
  return {
    pty,
    held,
    holdAfter(question) {
      trigger = question;
    },
    release: () => pty.write(Uint8Array.of(XON)),
  };
}

function withStuckScale({ bench }: Rig, path: string): object {
  const { paths, install_rules: rules } = bench.settings;
  const declared = { ...scale.device.declared, serial_number: 'BENCH-STUCK-1' };
  return {
    paths: [...paths, { path, declared, simulated: true }],
    install_rules: [
      ...rules,
      {
        match: { path },
        listing: scale.device.listing,
        name: 'stuck',
        config: { flow_control: 'xon_xoff', stability_timeout_ms: ANSWER_WITHIN_MS },
        policy: { default: 'allow' },
      },
    ],
  };
}

function commandsOf({ writes }: JsonObject): readonly unknown[] {
  assert(Array.isArray(writes));
  return writes.map((write: { readonly command: unknown }) => write.command);
}
