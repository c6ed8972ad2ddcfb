/** Serial numbers that chips and sample firmwares carry by the thousand. */
const samples = new Set([
  '0123456789abcdef',
  '0123456789',
  '123456789abcdef',
  '1234567890abcdef',
  'abcdef0123456789abcdef',
  'aaaaaa',
  'none',
  'null',
  'n/a',
  'na',
  'default',
  'serial',
  'serialnumber',
  'serial number',
  'sn',
  'unknown',
  'to be filled by o.e.m.',
  'not specified',
  'usb',
  'cps',
  '2022123456',
  '20170320',
  '004-0d9f-000',
]);

/**
 * Whether a serial number says nothing about one unit: `0000`, `0001`, `FFFF`, `12345678`, `0123456789ABCDEF`. What this
 * misses is found when two of them meet on one machine.
 */
export function isDummySerial(serial: string): boolean {
  const text = serial.trim().toLowerCase();
  if (text.length < 3 || samples.has(text)) return true;
  const plain = text.replace(/^0x/, '').replace(/[\s:_.-]/g, '');
  if (plain === '' || /^(.)\1*$/.test(plain)) return true;
  // Few digits after zeros are a type's number, not a unit's: 0001, 00000000001A, 8000000.
  if (/^0+[0-9a-f]{1,2}$/.test(plain) || /^[0-9a-f]{1,2}0{5,}$/.test(plain)) return true;
  return plain.length >= 4 && ('1234567890123456789'.startsWith(plain) || '9876543210'.startsWith(plain));
}
