/** Support. */
export const support = {
  doctor: 'Doctor',
  again: 'Run again',
  looking: 'Looking at everything…',
  result_ok: 'Fine.',
  result_attention: 'Needs attention.',
  result_error: 'Wrong.',
} as const;
