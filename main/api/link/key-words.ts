import { wordlist } from '@scure/bip39/wordlists/english.js';
import { fingerprintOf } from './proofs.ts';

/** Six words of 2048 are 66 bits: nobody makes a second key with the same words. */
const WORDS = 6;
const BITS_PER_WORD = 11;

/** The fingerprint of a public key (32 bytes, base64url) as words that people compare, in the word list of BIP 39. */
export function keyWords(publicKey: string): string {
  let bits = BigInt(`0x${fingerprintOf(publicKey).toString('hex')}`) >> BigInt(256 - WORDS * BITS_PER_WORD);
  const words: string[] = [];
  for (let index = 0; index < WORDS; index += 1) {
    words.unshift(wordlist[Number(bits & 2047n)] ?? '');
    bits >>= BigInt(BITS_PER_WORD);
  }
  return words.join(' ');
}
