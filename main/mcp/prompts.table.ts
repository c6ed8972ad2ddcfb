/** A usual job, as a prompt that a person picks. */
export interface Job {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly { readonly name: string; readonly description: string; readonly required?: boolean }[];
  /** Capabilities of which one each must be callable; none: any tool at all. */
  readonly needs: readonly (readonly string[])[];
  /** Whether a tool that changes something has to be callable. */
  readonly needsSideEffect: boolean;
  /** Whether the health of the connectors is shown with it. */
  readonly showsHealth: boolean;
  /** What the model is asked. `tools` names, for each of `needs`, the tools that fulfil it. */
  readonly text: (filled: {
    readonly given: Readonly<Record<string, string>>;
    readonly tools: readonly string[];
  }) => string;
}

const connector = {
  name: 'connector',
  description: 'Name of the connector, as in the titles of its resources; all of them when left out',
};

/** Every job, in the order they are listed. */
export const jobs: readonly Job[] = [
  {
    name: 'why_is_this_device_red',
    title: 'Why is this device red?',
    description: 'Explains from the health of a connector what is wrong with it and what a person should do.',
    arguments: [connector],
    needs: [],
    needsSideEffect: false,
    showsHealth: true,
    text: () =>
      [
        'Explain in plain words whether the devices below work. For each that does not, say since when, what is wrong,',
        'and what a person should check first: `reason`, `message` and `hint` come from the device itself.',
        'Then read the device once with one of its read tools and say whether the fault is still there.',
        'Do not call a tool that changes anything.',
      ].join(' '),
  },
  {
    name: 'try_without_doing',
    title: 'Would it work now?',
    description: 'Tries the side effects of a connector without doing them: each call with dry_run.',
    arguments: [connector],
    needs: [],
    needsSideEffect: true,
    showsHealth: true,
    text: () =>
      [
        'Find out whether these devices could do their work now, without doing anything.',
        'Call each read tool once, and each tool that is not read-only once with "dry_run": true and harmless arguments.',
        'Report a table: tool, works or not, evidence, and what to do where it does not. Never call without dry_run.',
      ].join(' '),
  },
  {
    name: 'weigh_and_print',
    title: 'Weigh and print',
    description: 'Reads a settled weight and prints it on a receipt or label, once.',
    arguments: [
      { name: 'item', description: 'What lies on the scale; printed above the weight', required: true },
      connector,
    ],
    needs: [['weight.read'], ['receipt.print', 'label.print']],
    needsSideEffect: true,
    showsHealth: false,
    text: ({ given, tools: [weigh, print] }) =>
      [
        `Weigh ${JSON.stringify(given['item'] ?? '')} and print the weight.`,
        `First read a settled weight with ${weigh} (give wait_stable_ms where the tool has it). If it does not settle, stop and say so.`,
        `Then print the item, the weight exactly as read with its unit, and its time with ${print}, once, with an idempotency_key that you make up and keep.`,
        'If the outcome is unknown or pending, ask again with the same key; never print again with another one.',
      ].join(' '),
  },
];
