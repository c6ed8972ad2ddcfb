import { spawn } from 'node:child_process';
import { z } from 'zod';
import type { AddCommands } from '../cli.ts';

const optionsSchema = z.object({ print: z.boolean().default(false) });

/** `open`: the window, in a browser. */
export const addOpen: AddCommands = (program, host) => {
  host.add(program, {
    syntax: 'open',
    summary: 'open the window in a browser, signed in',
    examples: ['fibric-edge open', 'fibric-edge open --print'],
    options: [{ flags: '--print', description: 'only print the file to open; it works once, for 30 seconds' }],
    async run({ client, options, json, print, printJson, note }) {
      const { print: onlyPrint } = optionsSchema.parse(options);
      const ticket = await client.createWindowTicket();
      const opened = !onlyPrint && !json && (await openInBrowser(ticket.page_path));
      if (json) printJson(ticket);
      else if (opened) print('The window opens in your browser.');
      else {
        print(ticket.page_path);
        note('Open this file in a browser of this user. It works once, for 30 seconds.');
      }
    },
  });
};

/** Whether the desktop took the file. Where there is no desktop, nothing is started. */
async function openInBrowser(path: string): Promise<boolean> {
  const [program, ...args] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, path], { stdio: 'ignore', detached: true });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  child.once('error', () => resolve(false));
  child.once('exit', (code) => resolve(code === 0));
  // Some openers stay with the browser; then it has opened.
  const patience = setTimeout(() => resolve(true), 3_000);
  try {
    return await promise;
  } finally {
    clearTimeout(patience);
    child.unref();
  }
}

const openers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  win32: ['explorer.exe'],
  darwin: ['open'],
};
