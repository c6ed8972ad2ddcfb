/** The state of a printer as a picture. */
export const printer = {
  title: 'State of the printer',
  old: 'The printer does not answer now. This is how it was last.',
  ready: 'It can print.',
  refused: 'What is asked for meanwhile is refused, not kept: nothing comes out late.',
} as const;

/** What to do about a part of a printer, by part and state. */
export const printerSteps = {
  paper_out: 'Load a roll and close the lid.',
  paper_near_end: 'Have a roll ready.',
  paper_low: 'Have paper ready.',
  cover_open: 'Close the lid.',
  cutter_stuck: 'Switch it off, free the cutter, switch it on.',
  head_hot: 'Let the head cool; it works again by itself.',
  online_no: 'Look at the printer: it says that it is off line.',
  ribbon_out: 'Put in a new ribbon.',
} as const;

/** The supervisor's panel. */
export const kiosk = {
  title: 'Panel',
  help: 'Help',
  leave: 'Leave…',
  toHome: 'Close the panel',
  devices: 'Devices and connectors',
  pages: 'Pages',
  before: 'Page before',
  after: 'Next page',
  page: '{page} of {pages}',
  approvals: { one: '{count} approval waits', other: '{count} approvals wait' },
  pinKeys: 'Keys for the PIN',
  erase: 'Erase the last digit',
  notKnown: 'Not known at the moment',
  helpTiles:
    'Each tile is one device. What needs somebody comes first, with what to do. Press a tile to see more and to test the device; nothing here makes a device act by itself.',
  helpApprovals:
    'When a program has to ask a person, a button at the bottom shows it with everything that would happen.',
  helpLeave: 'The panel is left with its PIN: press Leave. Names, rules and programs are set outside of it.',
  helpBrowser:
    'This is a page like any other. For a screen that cannot be left without a PIN, use kiosk mode of the desktop program (Settings, General).',
} as const;

/** What belongs to the desktop program around the page. */
export const desktop = {
  title: 'This desktop program',
  agent: 'Agent',
  agentOfSystem: 'Runs as a service of this computer',
  agentOfShell: 'Was started by this program',
  startsItself: 'It starts by itself when you sign in.',
  startsNot: 'It does not start by itself.',
  autostartOn: 'Start when I sign in',
  autostartOff: 'No longer start by itself',
  kiosk: 'Kiosk mode',
  kioskBody: 'The whole screen shows the panel, and only the PIN leads out of it.',
  kioskNoPin: 'It needs a PIN first. Set one in a terminal on this computer:',
  enterKiosk: 'Start kiosk mode',
  end: 'End',
  endOfSystem: 'The agent is a service: devices keep working when this program ends.',
  endOfShell: 'The agent ends with this program: devices stop being served.',
  quit: 'Quit…',
  restart: 'Restart it',
  restartSystem: 'It runs as a service. Restart that: sudo systemctl restart fibric-edge',
  showLogs: 'Open the folder of the logs',
  logs: 'Logs of the desktop program',
  logsBody: 'What the agent and this program wrote, as files.',
  signIn: 'Sign in again',
} as const;
