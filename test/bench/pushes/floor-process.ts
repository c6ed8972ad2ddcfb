/** The least that can be done with what comes over many ports: open them, and count the codes. Prints a line when all are open, and the count at SIGTERM. Arguments: the ports. */
import { SerialPort } from 'serialport';

let count = 0;
const ports = process.argv.slice(2).map((path) => new SerialPort({ path, baudRate: 9600, autoOpen: false }));
await Promise.all(
  ports.map(
    (port) =>
      new Promise<void>((resolve, reject) => {
        port.on('data', (chunk: Buffer) => {
          for (const byte of chunk) if (byte === 0x0d) count += 1;
        });
        port.open((error) => (error === null || error === undefined ? resolve() : reject(error)));
      }),
  ),
);
process.stdout.write('open\n');
process.once('SIGTERM', () => process.stdout.write(`${count}\n`, () => process.exit(0)));
