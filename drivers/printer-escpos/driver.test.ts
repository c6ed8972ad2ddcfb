import { describe, expect, it } from 'vitest';
import {
  AgentError,
  type JsonObject,
  noDevice,
  type PrinterPortStatus,
  type ReadTool,
  type SideEffectTool,
  toHex,
} from '../kit/index.ts';
import { withFaults } from '../kit/simulator/faults.ts';
import { createMemoryLink } from '../kit/simulator/memory-link.ts';
import { printerEscpos } from './index.ts';
import { printerEscposSimulator } from './simulator.ts';

const hello = { content: [{ type: 'text', text: 'Hello' }] };

/** A driver on a simulated printer; with `port` on a printer class interface that tells this. */
function bench(
  config: JsonObject = {},
  simulator: JsonObject = {},
  chunkBytes = 1,
  port: (() => PrinterPortStatus) | null = null,
) {
  const options = JSON.parse(JSON.stringify(printerEscpos.options.parse(config)));
  const context = { ...noDevice, options, link: port === null ? ('serial' as const) : ('usb_printer' as const) };
  const device = withFaults(printerEscposSimulator.create(simulator), () => 0.3);
  const link = createMemoryLink(printerEscpos, device, { chunkBytes, ...(port === null ? {} : { portStatus: port }) });
  const tools = printerEscpos.tools(context);
  const sideEffect = (capability: string): SideEffectTool => {
    const tool = tools.find((one) => one.capability === capability);
    if (tool === undefined || !tool.sideEffect) throw new Error(`no side effect ${capability}`);
    return tool;
  };
  const check = async (capability: string, args: JsonObject) => {
    const tool = sideEffect(capability);
    const plan = structuredClone(tool.plan(args));
    return { tool, plan, witness: structuredClone(await tool.check(link, plan)) };
  };
  return {
    device,
    link,
    context,
    tools,
    check,
    state: () => device.state(),
    change: (change: JsonObject) => device.change?.(change),
    sent: () => link.sent.map((bytes) => toHex(bytes, 12)),
    async read() {
      const tool = tools.find((one): one is ReadTool => one.capability === 'printer.read' && !one.sideEffect);
      if (tool === undefined) throw new Error('no printer.read');
      const output = await tool.read(link, {});
      expect(tool.output.parse(output)).toEqual(output);
      return output;
    },
    /** Plan, check, permit, act: as the host does it. `between` happens after the check. */
    async run(capability: string, args: JsonObject = {}, between = () => {}) {
      const { tool, plan, witness } = await check(capability, args);
      between();
      link.permit(plan);
      const outcome = await tool.act(link, plan, witness);
      if (outcome.outcome === 'applied') expect(tool.output.parse(outcome.result)).toEqual(outcome.result);
      return outcome;
    },
  };
}

describe('printer.read', () => {
  it('says what a person would see', async () => {
    const { read, change } = bench({ drawer_open_level: 'high' });
    expect(await read()).toMatchObject({ ready: true, problems: [], paper: 'ok', drawer: 'closed' });
    change({ cover: 'open', paper: 'near_end', drawer: 'open' });
    expect(await read()).toMatchObject({
      ready: false,
      online: false,
      cover: 'open',
      paper: 'near_end',
      drawer: 'open',
      problems: ['its cover is open'],
    });
  });

  it('does not guess what the drawer pin means', async () => {
    expect(await bench().read()).toMatchObject({ drawer: 'unknown', drawer_pin: 'low' });
  });

  it('reads between unasked status blocks', async () => {
    const { read, change } = bench({}, { automatic_status: true });
    change({ paper: 'near_end' });
    expect(await read()).toMatchObject({ ready: true, paper: 'near_end' });
  });

  it('says what may be wrong when nothing answers', async () => {
    const { read } = bench({}, { answers: 'mute' });
    await expect(read()).rejects.toMatchObject({ code: 'no_reply', hint: expect.stringContaining('answers to false') });
  });
});

describe('receipt.print', () => {
  it('prints once, and is told by the printer that it did', async () => {
    const { run, state } = bench();
    expect(await run('receipt.print', hello)).toMatchObject({
      outcome: 'applied',
      evidence: 'device_ack',
      result: { unprintable: [], paper: 'ok' },
    });
    expect(state()).toMatchObject({ receipts_total: 1, receipts: [{ text: expect.stringContaining('Hello') }] });
  });

  it('knows of a clone only that all was taken from its buffer', async () => {
    const { run, state, sent } = bench({}, { answers: 'clone' });
    expect(await run('receipt.print', hello)).toMatchObject({ outcome: 'applied', evidence: 'status_after' });
    expect(state()).toMatchObject({ receipts_total: 1 });
    // What a clone does not know it might print.
    expect(sent().some((frame) => frame.startsWith('1D 28 48'))).toBe(false);
  });

  it('asks a nameless printer for its name once, and not before each receipt', async () => {
    const { run, sent } = bench({}, { answers: 'clone' });
    await run('receipt.print', hello);
    await run('receipt.print', hello);
    expect(sent().filter((frame) => frame === '1D 49 43')).toHaveLength(1);
  });

  it('says "sent" and no more of a printer that answers nothing', async () => {
    const { run, state, tools } = bench({ answers: false }, { answers: 'mute' });
    expect(tools.map(({ capability }) => capability)).toEqual(['drawer.open', 'receipt.print']);
    expect(await run('receipt.print', hello)).toMatchObject({ evidence: 'transmitted', result: { paper: 'unknown' } });
    expect(state()).toMatchObject({ receipts_total: 1 });
  });

  it('names the characters that it prints as ?', async () => {
    const { run, state } = bench();
    const outcome = await run('receipt.print', { content: [{ type: 'text', text: 'Tea 茶 ☕' }] });
    expect(outcome).toMatchObject({ result: { unprintable: ['茶', '☕'], notes: [expect.stringContaining('茶 ☕')] } });
    expect(state()).toMatchObject({ receipts: [{ text: expect.stringContaining('Tea ? ?') }] });
  });

  it.each<[string, JsonObject, RegExp]>([
    ['cover', { cover: 'open' }, /cover is open/],
    ['paper', { paper: 'out' }, /paper is out/],
    ['cutter', { cutter: 'jammed' }, /cutter is jammed/],
    ['offline', { online: false }, /offline/],
    ['heat', { overheated: true }, /too hot/],
  ])('is refused before anything is sent: %s', async (_what, change, words) => {
    const { check, change: alter, state, sent } = bench();
    alter(change);
    await expect(check('receipt.print', hello)).rejects.toMatchObject({
      code: 'device_not_ready',
      message: expect.stringMatching(words),
    });
    expect(sent().every((frame) => frame.startsWith('10 04'))).toBe(true);
    alter({ cover: 'closed', paper: 'ok', cutter: 'ok', online: true, overheated: false });
    expect(state()).toMatchObject({ receipts_total: 0, uncut_text: '' });
  });

  it('finds out before printing that a printer would confirm nothing', async () => {
    const { check, device, state } = bench({ confirmation: 'queue' }, { answers: 'clone' });
    // DLE EOT is answered four times, GS r is not.
    const receive = device.receive;
    device.receive = (bytes, send) => receive(bytes, bytes[0] === 0x1d ? () => {} : send);
    await expect(check('receipt.print', hello)).rejects.toMatchObject({
      code: 'no_reply',
      hint: expect.stringContaining('confirmation to none'),
    });
    expect(state()).toMatchObject({ receipts_total: 0 });
  });

  it('does not know the end of a receipt during which the paper ran out, says why, and does not print it again', async () => {
    const { run, change, state, link } = bench();
    const lost = await run('receipt.print', hello, () => change({ lines_left: 1 })).catch((error: unknown) => error);
    expect(lost).toMatchObject({
      code: 'no_reply',
      message: expect.stringContaining('its paper is out'),
      details: { reason: 'not_confirmed' },
    });
    expect(state()).toMatchObject({ receipts_total: 0 });
    change({ paper: 'ok', lines_left: null });
    expect(state()).toMatchObject({ receipts_total: 1 });
    expect(link.sent.filter((bytes) => bytes.length > 20)).toHaveLength(1);
  });

  it('learns afterwards that it was printed, if the printer only says so now', async () => {
    const { check, link, change, device } = bench();
    const { tool, plan, witness } = await check('receipt.print', hello);
    link.permit(plan);
    change({ cover: 'open' });
    await expect(tool.act(link, plan, witness)).rejects.toMatchObject({ code: 'no_reply' });
    // The person closes the cover while the driver asks: what it held comes first.
    const receive = device.receive;
    device.receive = (bytes, send) => {
      receive(bytes, send);
      change({ cover: 'closed' });
    };
    expect(await tool.resolve(link, structuredClone(plan), structuredClone(witness))).toEqual({
      happened: true,
      evidence: 'device_ack',
    });
  });

  it('does not claim to know what it can not', async () => {
    const first = bench();
    const { tool, plan, witness } = await first.check('receipt.print', hello);
    expect(await tool.resolve(first.link, plan, witness)).toMatchObject({ happened: 'unknown' });
    const clone = bench({}, { answers: 'clone' });
    const checked = await clone.check('receipt.print', hello);
    expect(await checked.tool.resolve(clone.link, checked.plan, checked.witness)).toMatchObject({
      happened: 'unknown',
    });
  });

  it('gives long receipts the time that a slow printer needs', () => {
    const { tools } = bench();
    const tool = tools.find((one) => one.capability === 'receipt.print');
    if (tool === undefined || !tool.sideEffect) throw new Error('no tool');
    const content = Array.from({ length: 200 }, () => ({ type: 'text', text: 'line' }));
    const { frames, data } = tool.plan({ content });
    // 200 lines of 30 dots and 4 before the cut at 400 dots a second, the bytes at 9600 baud, ten seconds beyond.
    const bytes = frames[0]?.bytes.length ?? 0;
    expect(data['patience_ms']).toBe(Math.round(10_000 + (204 * 30) / 0.4 + bytes / 0.96));
  });

  it('is a slip of paper: a roll is refused, to print as to look at', async () => {
    const { check, tools } = bench();
    const content = Array.from({ length: 20 }, () => ({ type: 'feed', lines: 50 }));
    const refused = { code: 'invalid_arguments', message: expect.stringContaining('30120 dots long') };
    await expect(check('receipt.print', { content })).rejects.toMatchObject(refused);
    const tool = tools.find((one) => one.capability === 'receipt.print');
    if (tool === undefined || !tool.sideEffect) throw new Error('no tool');
    await expect(tool.preview?.({ content })).rejects.toMatchObject(refused);
  });

  it('opens the drawer only where that was configured', async () => {
    const content = [{ type: 'drawer' }, { type: 'text', text: 'x' }];
    await expect(bench().check('receipt.print', { content })).rejects.toMatchObject({ code: 'invalid_arguments' });
    const { run, state, tools } = bench({ receipt_may_open_drawer: true });
    await run('receipt.print', { content });
    expect(state()).toMatchObject({ drawer_pulses_total: 1, receipts_total: 1 });
    const tool = tools.find((one) => one.capability === 'receipt.print');
    expect(tool?.sideEffect === true && tool.plan({ content }).summary).toContain('open the cash drawer');
  });

  it('survives an answer that is damaged, late or missing without printing twice', async () => {
    for (const fault of ['silence', 'garbage', 'half_answer', 'slow', 'echo'] as const) {
      const { check, device, link, state } = bench();
      const { tool, plan, witness } = await check('receipt.print', hello);
      link.permit(plan);
      device.setFault(fault);
      const ended = await tool.act(link, plan, witness).catch((error: unknown) => error);
      expect(ended instanceof AgentError || (ended as { outcome: string }).outcome === 'applied').toBe(true);
      await expect(tool.act(link, plan, witness)).rejects.toMatchObject({ code: 'frame_not_permitted' });
      expect(state()).toMatchObject({ receipts_total: 1 });
    }
  });
});

describe('drawer.open', () => {
  it('sees it open where the level is known', async () => {
    const { run, state } = bench({ drawer_open_level: 'high' });
    expect(await run('drawer.open')).toMatchObject({ evidence: 'status_after', result: { drawer: 'open' } });
    expect(state()).toMatchObject({ drawer_pulses: [{ pin: 2, on_ms: 120, by: 'ESC p' }] });
  });

  it('says "sent" of a drawer that stays shut, was open already, or of which nothing is known', async () => {
    const stuck = bench({ drawer_open_level: 'high' });
    stuck.change({ drawer_stuck: true });
    expect(await stuck.run('drawer.open')).toMatchObject({ evidence: 'transmitted', result: { drawer: 'closed' } });
    const open = bench({ drawer_open_level: 'high' });
    open.change({ drawer: 'open' });
    expect(await open.run('drawer.open')).toMatchObject({ evidence: 'transmitted', result: { drawer: 'unknown' } });
    expect(await bench().run('drawer.open')).toMatchObject({ evidence: 'transmitted' });
  });

  it('reads either level', async () => {
    const { run } = bench({ drawer_open_level: 'low' }, { drawer_open_level: 'low' });
    expect(await run('drawer.open')).toMatchObject({ evidence: 'status_after' });
  });

  it('is refused while the printer would keep the pulse for later', async () => {
    const { check, change, state } = bench();
    change({ cover: 'open' });
    await expect(check('drawer.open', {})).rejects.toMatchObject({ code: 'device_not_ready' });
    change({ cover: 'closed' });
    expect(state()).toMatchObject({ drawer_pulses_total: 0 });
  });

  it('is known to have happened only by a drawer that is open and was not', async () => {
    const { check, link, change } = bench({ drawer_open_level: 'high' });
    const { tool, plan, witness } = await check('drawer.open', {});
    expect(await tool.resolve(link, plan, witness)).toMatchObject({ happened: 'unknown' });
    change({ drawer: 'open' });
    expect(await tool.resolve(link, plan, witness)).toEqual({ happened: true, evidence: 'status_after' });
  });
});

describe('who it is', () => {
  it('is told by name, model, firmware and serial number', async () => {
    const { link, context } = bench();
    expect(await printerEscpos.identify(link, context)).toMatchObject({
      manufacturer: 'EPSON',
      model: 'TM-T88V',
      protocolSerial: 'SIM0000001',
    });
  });

  it('is not known of a clone, which was asked once', async () => {
    const { link, context, sent } = bench({}, { answers: 'clone' });
    expect(await printerEscpos.identify(link, context)).toMatchObject({ model: null, protocolSerial: null });
    expect(sent().filter((frame) => frame.startsWith('1D 49'))).toHaveLength(1);
  });

  it('is not asked of a printer that could not answer now: it would seem to be another one', async () => {
    const { link, context, change } = bench();
    change({ cover: 'open' });
    await expect(printerEscpos.identify(link, context)).rejects.toMatchObject({ code: 'device_not_ready' });
  });

  it('is not pretended of a printer that never answers', async () => {
    const { link, context } = bench({ answers: false }, { answers: 'mute' });
    await expect(printerEscpos.identify(link, context)).rejects.toMatchObject({ code: 'not_supported' });
    await expect(printerEscpos.healthCheck(link, context)).rejects.toMatchObject({ code: 'not_supported' });
    expect(link.sent).toEqual([]);
  });
});

describe('a printer on the printer class that answers nothing', () => {
  const idle: PrinterPortStatus = { paperEmpty: false, selected: true, error: false };
  const mute = (port: () => PrinterPortStatus, config: JsonObject = {}) =>
    bench({ answers: false, ...config }, { answers: 'mute' }, 1, port);

  it('is known by what its port tells, and nothing else is made up', async () => {
    let port = idle;
    const { read } = mute(() => port);
    expect(await read()).toMatchObject({
      ready: true,
      paper: 'not_out',
      cover: 'unknown',
      drawer: 'unknown',
      drawer_pin: 'unknown',
      told_by: 'port',
    });
    port = { paperEmpty: true, selected: false, error: true };
    expect(await read()).toMatchObject({ ready: false, online: false, paper: 'out', problems: expect.any(Array) });
  });

  it('is sent nothing while its port says that it can not print', async () => {
    const { run, sent } = mute(() => ({ ...idle, paperEmpty: true }));
    await expect(run('receipt.print', hello)).rejects.toMatchObject({
      code: 'device_not_ready',
      message: expect.stringContaining('its paper is out'),
    });
    expect(sent()).toEqual([]);
  });

  it('is asked for its health by its port, so that it is not mute', async () => {
    const { link, context } = mute(() => idle);
    expect(printerEscpos.isMute?.(context)).toBe(false);
    await printerEscpos.healthCheck(link, context);
    expect(link.sent).toEqual([]);
  });

  it('is mute where its port is not believed, or hangs on a wire', async () => {
    const { tools, run, context } = mute(() => ({ ...idle, error: true }), { port_status: false });
    expect(tools.map(({ capability }) => capability)).toEqual(['drawer.open', 'receipt.print']);
    expect(printerEscpos.isMute?.(context)).toBe(true);
    expect(await run('receipt.print', hello)).toMatchObject({ outcome: 'applied', evidence: 'transmitted' });
    expect(printerEscpos.isMute?.({ ...context, link: 'serial' })).toBe(true);
  });

  it('lets its port speak where the printer itself should have', async () => {
    const { read } = bench({}, { answers: 'mute' }, 1, () => ({ ...idle, paperEmpty: true }));
    await expect(read()).rejects.toMatchObject({
      code: 'no_reply',
      message: expect.stringContaining('Its USB port says: its paper is out.'),
    });
  });
});
