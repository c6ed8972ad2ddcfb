/** The page where kiosk mode is left with its PIN. Kiosks often have no keyboard, on the screen or off it, so it has keys of its own. */
import { element, setWords } from './bridge.ts';

const bridge = window.fibricEdgeShell;
const pin = element('pin', HTMLInputElement);
const said = element('said', HTMLElement);
const keys = element('keys', HTMLElement);

const key = (label: string, press: () => void, name = label): void => {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = label;
  button.setAttribute('aria-label', name);
  button.addEventListener('click', () => {
    press();
    pin.focus();
  });
  keys.append(button);
};

const drawKeys = (erase: string): void => {
  keys.replaceChildren();
  for (const digit of ['1', '2', '3', '4', '5', '6', '7', '8', '9']) key(digit, () => type(digit));
  keys.append(document.createElement('span'));
  key('0', () => type('0'));
  key(
    '⌫',
    () => {
      pin.value = pin.value.slice(0, -1);
    },
    erase,
  );
};
const type = (digit: string): void => {
  if (pin.value.length < pin.maxLength) pin.value += digit;
};

element('form', HTMLFormElement).addEventListener('submit', async (event) => {
  event.preventDefault();
  const given = pin.value;
  pin.value = '';
  if (given === '') return;
  said.textContent = '';
  const answer = await bridge.unlock(given);
  if (!answer.ok) said.textContent = [answer.message, answer.hint].filter(Boolean).join(' ');
  pin.focus();
});
element('back', HTMLButtonElement).addEventListener('click', () => void bridge.back());

void bridge.state().then((answer) => {
  if (!answer.ok) return;
  setWords(answer.state);
  drawKeys(answer.state.words.pin['erase'] ?? '');
  pin.focus();
});
