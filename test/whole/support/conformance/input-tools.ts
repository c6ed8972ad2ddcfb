import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type ElicitRequestFormParams,
  fromJsonSchema,
  inputRequired,
  inputResponse,
  type McpServer,
  type RequestStateCodec,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { addTool, textBlock } from './fixture-parts.ts';

const text = (words: string) => ({ content: [textBlock(words)] });
const ask = (message: string, name: string) =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [name]: { type: 'string' } }, required: [name] },
  });
const askName = ask('What is your name?', 'name');
const askToConfirm = inputRequired.elicit({
  message: 'Please confirm',
  requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
});
const nameSchema = z.object({ name: z.string() });
const envelope = z.looseObject({
  [CLIENT_CAPABILITIES_META_KEY]: z.looseObject({ sampling: z.unknown(), elicitation: z.unknown() }).partial(),
});
const sample = (words: string, maxTokens: number) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: words } }],
    maxTokens,
  });

/** Tools that need something of the client before they answer, in both ways the protocol has had for it. */
export function addInputTools(server: McpServer, codec: RequestStateCodec): void {
  const tool = addTool.bind(null, server);

  tool('test_input_required_result_elicitation', async ({ mcpReq }) => {
    const given = acceptedContent(mcpReq.inputResponses, 'user_name', nameSchema);
    return given === undefined
      ? inputRequired({ inputRequests: { user_name: askName } })
      : text(`Hello, ${given.name}!`);
  });
  tool('test_streaming_elicitation', async ({ mcpReq }) => {
    const given = acceptedContent(mcpReq.inputResponses, 'user_name', nameSchema);
    return given === undefined ? inputRequired({ inputRequests: { user_name: askName } }) : text('Asked.');
  });
  tool('test_missing_capability', async () => inputRequired({ inputRequests: { thought: sample('Think.', 10) } }));
  tool('test_input_required_result_sampling', async ({ mcpReq }) => {
    const given = inputResponse(mcpReq.inputResponses, 'capital_question');
    return given.kind === 'sampling'
      ? text(JSON.stringify(given.result.content))
      : inputRequired({ inputRequests: { capital_question: sample('What is the capital of France?', 100) } });
  });
  tool('test_input_required_result_list_roots', async ({ mcpReq }) => {
    const given = inputResponse(mcpReq.inputResponses, 'client_roots');
    return given.kind === 'roots'
      ? text(given.roots.map(({ uri }) => uri).join(', '))
      : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });
  tool('test_input_required_result_capabilities', async ({ mcpReq }) => {
    const may = envelope.parse(mcpReq.envelope)[CLIENT_CAPABILITIES_META_KEY];
    return inputRequired({
      inputRequests: {
        ...(may.sampling === undefined ? {} : { greeting: sample('Greet.', 50) }),
        ...(may.elicitation === undefined ? {} : { user_name: askName }),
      },
    });
  });
  for (const name of ['test_input_required_result_request_state', 'test_input_required_result_tampered_state']) {
    tool(name, async (context) => {
      const given = acceptedContent(context.mcpReq.inputResponses, 'confirm', z.object({ ok: z.boolean() }));
      const state = context.mcpReq.requestState<{ readonly asked: string }>();
      if (given !== undefined && state?.asked === name) return text('state-ok');
      return inputRequired({
        inputRequests: { confirm: askToConfirm },
        requestState: await codec.mint({ asked: name }, context),
      });
    });
  }
  tool('test_input_required_result_multiple_inputs', async (context) => {
    const { inputResponses } = context.mcpReq;
    const given = acceptedContent(inputResponses, 'user_name', nameSchema);
    const greeting = inputResponse(inputResponses, 'greeting');
    const roots = inputResponse(inputResponses, 'client_roots');
    if (given !== undefined && greeting.kind === 'sampling' && roots.kind === 'roots') return text('All there.');
    return inputRequired({
      inputRequests: {
        user_name: askName,
        greeting: sample('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await codec.mint({ asked: 'three' }, context),
    });
  });
  tool('test_input_required_result_multi_round', async (context) => {
    const { inputResponses } = context.mcpReq;
    const state = context.mcpReq.requestState<{ readonly name?: string }>();
    const colour = acceptedContent(inputResponses, 'step2', z.object({ color: z.string() }));
    if (colour !== undefined && state?.name !== undefined) return text(`${state.name} likes ${colour.color}.`);
    const given = acceptedContent(inputResponses, 'step1', nameSchema);
    if (given !== undefined) {
      return inputRequired({
        inputRequests: { step2: ask('Step 2: What is your favorite color?', 'color') },
        requestState: await codec.mint({ name: given.name }, context),
      });
    }
    return inputRequired({
      inputRequests: { step1: ask('Step 1: What is your name?', 'name') },
      requestState: await codec.mint({}, context),
    });
  });
  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'A prompt that needs an answer first' },
    async ({ mcpReq }) => {
      const given = acceptedContent(mcpReq.inputResponses, 'user_context', z.object({ context: z.string() }));
      if (given === undefined) {
        return inputRequired({
          inputRequests: { user_context: ask('What context should the prompt use?', 'context') },
        });
      }
      return { messages: [{ role: 'user', content: { type: 'text', text: `In the context of ${given.context}.` } }] };
    },
  );
  addFormerInputTools(server);
}

/** What the 2025 revisions ask by requests of the server to the client, within a session. */
function addFormerInputTools(server: McpServer): void {
  server.registerTool(
    'test_sampling',
    { description: 'Asks the client for a text', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, { mcpReq }) => {
      const { content } = await mcpReq.requestSampling({
        messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
        maxTokens: 100,
      });
      const words = !Array.isArray(content) && content.type === 'text' ? content.text : JSON.stringify(content);
      return text(`LLM response: ${words}`);
    },
  );
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the user', inputSchema: z.object({ message: z.string() }) },
    async ({ message }, { mcpReq }) => {
      const { action, content } = await mcpReq.elicitInput({
        message,
        requestedSchema: {
          type: 'object',
          properties: {
            username: { type: 'string', description: "User's response" },
            email: { type: 'string', description: "User's email address" },
          },
          required: ['username', 'email'],
        },
      });
      return text(`User response: action=${action}, content=${JSON.stringify(content)}`);
    },
  );
  const forms: Readonly<Record<string, ElicitRequestFormParams['requestedSchema']['properties']>> = {
    test_elicitation_sep1034_defaults: {
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    },
    test_elicitation_sep1330_enums: {
      untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
      titledSingle: { type: 'string', oneOf: titled('Option') },
      legacyEnum: {
        type: 'string',
        enum: ['opt1', 'opt2', 'opt3'],
        enumNames: ['Option One', 'Option Two', 'Option Three'],
      },
      untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
      titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
    },
  };
  for (const [name, properties] of Object.entries(forms)) {
    server.registerTool(
      name,
      { description: `Fixture ${name}`, inputSchema: fromJsonSchema({ type: 'object' }) },
      async (_args, { mcpReq }) => {
        const { action, content } = await mcpReq.elicitInput({
          message: 'Please fill in the form',
          requestedSchema: { type: 'object', properties, required: [] },
        });
        return text(`Elicitation completed: action=${action}, content=${JSON.stringify(content)}`);
      },
    );
  }
}

function titled(what: string) {
  return ['First', 'Second', 'Third'].map((word, index) => ({ const: `value${index + 1}`, title: `${word} ${what}` }));
}
