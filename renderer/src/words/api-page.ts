/** Every word of the API page. */
export const apiPageWords = {
  title: 'Connectors API',
  operations: 'Operations',
  looking: 'Asking the agent for its document…',
  asWindow: 'You are signed in as the window on this machine.',
  asToken: 'Your token is kept in this page alone, until you close or reload it.',
  forReal: 'What you try here is sent to this agent and done for real: a relay switches, a connector is uninstalled.',
  howToComeIn:
    'This page reads and tries the API of this agent. In a tab where the window is signed in (fibric-edge open) it opens by itself; elsewhere it needs a token, made on the machine:',
  command: 'fibric-edge tokens create --name api-page --scopes connectors:read,tools:read --expires-in 1h',
  tokenLabel: 'Token',
  show: 'Show the API',
  memoryOnly: 'The token is kept in the memory of this page only: in no cookie, no storage and no address.',
  noAnswer: "The agent can't be heard. Is it running?",
} as const;
