import { describe, expect, it } from 'vitest';
import { isKioskKey, isUnlockKey, type PressedKey } from './kiosk-keys.ts';

const pressed = (text: string): PressedKey => {
  const parts = text.split('+');
  return {
    key: parts.at(-1) ?? '',
    control: parts.includes('Ctrl'),
    alt: parts.includes('Alt'),
    meta: parts.includes('Cmd'),
    shift: parts.includes('Shift'),
  };
};

describe('keys in kiosk mode', () => {
  it('write and move', () => {
    for (const key of ['a', 'Enter', 'Tab', 'Shift+Tab', 'ArrowDown', 'Escape', 'Ctrl+c', 'Cmd+v', 'Ctrl+Alt+@'])
      expect([key, isKioskKey(pressed(key))]).toEqual([key, true]);
  });

  it('lead nowhere else', () => {
    for (const key of [
      'F5',
      'F11',
      'F12',
      'Alt+F4',
      'Ctrl+w',
      'Ctrl+r',
      'Ctrl+Shift+i',
      'Cmd+q',
      'Cmd+Tab',
      'Alt+ArrowLeft',
      'Ctrl+n',
      'Ctrl+p',
      'Ctrl+Alt+Delete',
    ])
      expect([key, isKioskKey(pressed(key))]).toEqual([key, false]);
  });

  it('ask for the PIN', () => {
    expect(isUnlockKey(pressed('Ctrl+Shift+L'))).toBe(true);
    expect(isUnlockKey(pressed('Cmd+Shift+l'))).toBe(true);
    expect(isUnlockKey(pressed('Ctrl+l'))).toBe(false);
  });
});
