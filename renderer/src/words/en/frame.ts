/** The frame: places, verdict, banners, sign-in. */
export const frame = {
  home: 'Home',
  approvals: 'Approvals',
  activity: 'Activity',
  cloud: 'Cloud',
  settings: 'Settings',
  support: 'Support',
  places: 'Places',
  skip: 'Skip to content',
  loading: 'Loading…',
  connecting: 'Connecting…',
  searchLabel: 'Search devices and connectors',
  searchHint: 'Search  /',
  waitForYou: { one: '{count} waits for you', other: '{count} wait for you' },
  needYou: { one: '{count} needs you', other: '{count} need you' },
  working: { one: '{count} working', other: '{count} working' },
  listening: { one: '{count} listening', other: '{count} listening' },
  untried: { one: '{count} not tried yet', other: '{count} not tried yet' },
  noConnectors: 'No connectors yet',
  approvalNeeded: 'Approval needed: {summary}, {name}.',
  pause: 'Pause actions',
  paused: 'Actions paused',
  pausedNow: 'Actions are paused.',
  pausedBody: 'Actions paused. Reading goes on; whatever asks for an action is refused until you resume.',
  notPaused: 'Actions are not paused',
  resume: 'Resume actions…',
  resumeTitle: 'Resume actions?',
  resumeBody:
    'Programs may act on devices again, as each policy says. What was refused meanwhile does not run by itself.',
  resumeNow: 'Resume actions',
  resuming: 'Resuming…',
  resumed: 'Actions are possible again.',
  stayPaused: 'Stay paused',
  lost: 'Fibric Edge stopped answering at {at}.',
  lostBody: 'What you see is from then. This page comes back by itself.',
  tryNow: 'Try now',
  clockOff: 'The clock of this browser differs from the agent’s. All times here are the agent’s.',
  journalLost:
    'The record of earlier actions was lost or damaged, so actions are locked. Look at the devices, then run:',
  notStored: 'What happens can’t be stored at the moment, so actions are refused.',
  openSupport: 'Open Support',
  signedOut: 'Signed out',
  signedOutBody: 'Open Fibric Edge from this computer.',
  signedOutTray: 'In the tray: Open Fibric Edge.',
  signedOutTerminal: 'In a terminal:',
  wayBack: 'You will come back to the page you asked for.',
  idle: 'Your session ends in 2 minutes because nobody used it.',
  stay: 'Stay signed in',
  nowhere: 'Not on this machine',
  nowhereBody:
    'Nothing on this machine has this address. It may have been uninstalled or unplugged; search for it above.',
  toHome: 'Go to Home',
  pageFault: 'This page has a fault and can’t be shown. The agent and the devices are not affected.',
  reload: 'Load the page again',
} as const;

/** The list of keys. */
export const keys = {
  title: 'Keys',
  search: 'Search',
  list: 'This list',
  tab: 'Next thing to press or fill in',
  enter: 'Open or press it',
  escape: 'Close what is open',
  never: 'No single key acts on a device or allows anything.',
  offScanner: 'A scanner typed into this page, so single keys are off until it is loaded again.',
  offChosen: 'Single keys are off in Settings, Display.',
} as const;

/** Parts that stand on many screens. */
export const parts = {
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'Not copied: select and copy it by hand',
  details: 'Details',
  code: 'Code',
  agentSays: 'The agent says',
  requestId: 'Request',
  asOf: 'as of {at}',
  stable: 'stable',
  moving: 'moving',
  switchesOn: '{on} of {total} on',
  numbered: '{name} {number}',
} as const;

/** Spans of time. */
export const times = {
  secondsAgo: { one: '{count} s ago', other: '{count} s ago' },
  minutesAgo: { one: '{count} min ago', other: '{count} min ago' },
  hoursAgo: { one: '{count} h ago', other: '{count} h ago' },
  daysAgo: { one: '{count} day ago', other: '{count} days ago' },
} as const;
