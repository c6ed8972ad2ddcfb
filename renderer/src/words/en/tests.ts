/** Tests of a connector. */
export const tests = {
  title: 'Test',
  body: 'Reads are done for real, actions are tried without acting. The result is kept.',
  progress: '{done} of {total}',
  kept: 'Kept tests',
  none: 'Not tested yet',
  noneBody: 'The first test that passes is your proof that this device works here.',
  record: 'Commissioning record',
  connector: 'Connector',
  at: 'Tested',
  by: 'By',
  circumstances: 'With',
  print: 'Print…',
  save: 'Save',
} as const;

/** A connector as an MCP server. */
export const mcp = {
  title: 'Use with an MCP client',
  body: 'This connector is an MCP server of its own. A program on this computer can use it in one of two ways.',
  stdio: 'Started by the client',
  stdioBody: 'For desktop assistants and editors. No token is needed: the client runs as you.',
  http: 'Over HTTP',
  httpBody: 'For scripts and services. It needs a token with the rights it should have; make one in Settings, Access.',
  toTokens: 'Make a token',
  clientConfig: 'What to put into the client’s configuration',
  command: 'Or let it be written for you',
  tools: 'What the client sees',
  toolAct: 'acts',
  toolRead: 'reads',
  noCommand: 'This agent came without a command line that a client could start. Use it over HTTP.',
} as const;
