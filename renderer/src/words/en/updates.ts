/** Settings: updates, where the page is in the desktop program. */
export const updates = {
  agent_package:
    'Where the agent was installed as a Debian package, a newer one comes by apt. It waits for actions that are open:',
  program: 'Desktop program {version}',
  way_package_manager: 'Updates come through the package manager of this computer. It is done with:',
  way_self: 'This program looks for newer versions by itself and takes only those that are signed.',
  way_by_hand:
    'This build looks nowhere for updates. Install a newer version the way this one was installed; devices and settings stay.',
  mode_automatic: 'A newer version is installed by itself when nobody looks at this window and no action is open.',
  mode_ask: 'A newer version is fetched, and installed when you say so.',
  mode_off: 'It looks only when you ask it to.',
  idle: 'No newer version is known.',
  looking: 'Looking…',
  fetching: 'Version {version} is fetched: {percent} %',
  ready: 'Version {version} is ready.',
  restart: 'Version {version} is installed. It runs from the next start on.',
  installing: 'Version {version} is put in place…',
  proving: 'Version {version} runs for the first time: waiting for its agent.',
  hold_actions:
    'It waits, since it must not come in the middle of an action: {acting} run, {waiting} wait for approval, {doubtful} without a known outcome.',
  hold_agent: 'No agent can be asked whether an action is open.',
  lookedAt: 'Looked at {time}.',
  look: 'Look for updates',
  update: 'Update to {version}…',
  restartNow: 'Restart into {version}…',
  putBack: 'Go back to {version}…',
  result_updated: 'Updated from {from} to {to}.',
  result_not_taken: 'The update to {to} did not take: this is still {from}.',
  result_agent_down: 'After the update from {from} to {to} the agent did not come up.',
  result_put_back: 'Version {to} was put back: {from} did not work here.',
} as const;
