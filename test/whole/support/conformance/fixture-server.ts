import { createRequestStateCodec, McpServer, ResourceTemplate, type Server } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { addContentTools } from './content-tools.ts';
import { pixelPng } from './fixture-parts.ts';
import { addInputTools } from './input-tools.ts';

/** What of the fixture outlives a request. */
export interface FixtureWorld {
  /** Makes the lists change, as a connector that changed would. */
  readonly change: () => void;
  readonly stateKey: Uint8Array;
}

/**
 * What the conformance suite asks a server to have (its scenarios describe it): nothing of it is in the product.
 * `subscriptions` is a session's; null for a request that stands alone.
 */
export function createFixtureServer(world: FixtureWorld, subscriptions: Set<string> | null): Server {
  const codec = createRequestStateCodec({ key: world.stateKey });
  const server = new McpServer(
    { name: 'conformance-fixture', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { listChanged: true, subscribe: true },
        logging: {},
        completions: {},
      },
      requestState: { verify: codec.verify },
    },
  );
  addContentTools(server, world.change);
  addInputTools(server, codec);
  addResources(server);
  addPrompts(server);
  server.server.setRequestHandler('completion/complete', () => ({
    completion: { values: ['paris', 'park', 'party'], total: 3, hasMore: false },
  }));
  if (subscriptions !== null) {
    server.server.setRequestHandler('resources/subscribe', ({ params }) => {
      subscriptions.add(params.uri);
      return {};
    });
    server.server.setRequestHandler('resources/unsubscribe', ({ params }) => {
      subscriptions.delete(params.uri);
      return {};
    });
  }
  return server.server;
}

function addResources(server: McpServer): void {
  const text = { mimeType: 'text/plain', description: 'A text that never changes' };
  server.registerResource('static-text', 'test://static-text', text, async (uri) => ({
    contents: [{ uri: uri.href, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }],
  }));
  const image = { mimeType: 'image/png', description: 'A picture that never changes' };
  server.registerResource('static-binary', 'test://static-binary', image, async (uri) => ({
    contents: [{ uri: uri.href, mimeType: 'image/png', blob: pixelPng }],
  }));
  server.registerResource('watched', 'test://watched-resource', text, async (uri) => ({
    contents: [{ uri: uri.href, mimeType: 'text/plain', text: 'Watched.' }],
  }));
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { mimeType: 'application/json', description: 'Made of its address' },
    async (uri, { id }) => ({
      contents: [
        {
          uri: uri.href,
          mimeType: 'application/json',
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
        },
      ],
    }),
  );
}

function addPrompts(server: McpServer): void {
  const say = (text: string) => ({ role: 'user' as const, content: { type: 'text' as const, text } });
  server.registerPrompt('test_simple_prompt', { description: 'A text' }, async () => ({
    messages: [say('This is a simple prompt for testing.')],
  }));
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'A text with two gaps', argsSchema: z.object({ arg1: z.string(), arg2: z.string() }) },
    async ({ arg1, arg2 }) => ({ messages: [say(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'A resource and a text', argsSchema: z.object({ resourceUri: z.string() }) },
    async ({ resourceUri }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'resource',
            resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
          },
        },
        say('Please process the embedded resource above.'),
      ],
    }),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'A picture and a text' }, async () => ({
    messages: [
      { role: 'user', content: { type: 'image', data: pixelPng, mimeType: 'image/png' } },
      say('Please analyze the image above.'),
    ],
  }));
}
