/** Set-up speaks on standard error, so that `--json` output of the command that follows stays clean. */
export function say(text) {
  process.stderr.write(`fibric-edge: ${text}\n`);
}

/** Says why set-up can't go on, and ends. */
export function fail(text) {
  say(text);
  process.exit(1);
}
