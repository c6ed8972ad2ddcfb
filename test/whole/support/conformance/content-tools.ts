import { setTimeout as sleep } from 'node:timers/promises';
import { fromJsonSchema, type McpServer } from '@modelcontextprotocol/server';
import { addTool, pixelPng, textBlock } from './fixture-parts.ts';

/** A WAV file of one silent sample: 8 kHz, 8 bits, mono. */
const silentWav = Buffer.concat([
  Buffer.from('RIFF'),
  Buffer.from([37, 0, 0, 0]),
  Buffer.from('WAVEfmt '),
  Buffer.from([16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0]),
  Buffer.from('data'),
  Buffer.from([1, 0, 0, 0, 0x80]),
]).toString('base64');

/** The suite asks for these pauses, so that what is told comes apart. */
const STEP_MS = 50;

/** Every part of JSON Schema 2020-12 that a listing has to keep. */
const wholeSchema = fromJsonSchema({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
});

/** Tools whose answers are of every kind of content, and those that tell something before their answer. */
export function addContentTools(server: McpServer, change: () => void): void {
  const tool = addTool.bind(null, server);

  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Tool with JSON Schema 2020-12 features', inputSchema: wholeSchema },
    async () => ({ content: [textBlock('Fine.')] }),
  );
  tool('test_simple_text', async () => ({ content: [textBlock('This is a simple text response for testing.')] }));
  tool('test_image_content', async () => ({
    content: [{ type: 'image', data: pixelPng, mimeType: 'image/png' }],
  }));
  tool('test_audio_content', async () => ({
    content: [{ type: 'audio', data: silentWav, mimeType: 'audio/wav' }],
  }));
  tool('test_embedded_resource', async () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  }));
  tool('test_multiple_content_types', async () => ({
    content: [
      textBlock('Multiple content types test:'),
      { type: 'image', data: pixelPng, mimeType: 'image/png' },
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: JSON.stringify({ test: 'data', value: 123 }),
        },
      },
    ],
  }));
  tool('test_error_handling', async () => ({
    isError: true,
    content: [textBlock('This tool intentionally returns an error for testing')],
  }));
  for (const name of ['test_tool_with_logging', 'test_logging_tool']) {
    tool(name, async ({ mcpReq }) => {
      await mcpReq.log('info', 'Tool execution started');
      await sleep(STEP_MS);
      await mcpReq.log('info', 'Tool processing data');
      await sleep(STEP_MS);
      await mcpReq.log('info', 'Tool execution completed');
      return { content: [textBlock('Told.')] };
    });
  }
  tool('test_tool_with_progress', async ({ mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progressToken !== undefined) {
        await mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress, total: 100, message: `${progress} of 100` },
        });
      }
      await sleep(STEP_MS);
    }
    return { content: [textBlock('Done.')] };
  });
  for (const name of ['test_trigger_tool_change', 'test_trigger_prompt_change']) {
    tool(name, async () => {
      change();
      return { content: [textBlock('Changed.')] };
    });
  }
}
