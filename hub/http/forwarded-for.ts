import { canonicalAddress } from './ip-address.ts';

/** Who a proxy says it got a request from; null where it is no address: `unknown`, a hidden name, or nothing that makes sense. */
export type ForwardedNode = string | null;

/**
 * The nodes of `X-Forwarded-For`, in the order in which they were added: the last is the one that the nearest proxy saw. Addresses
 * may carry a port.
 */
export function readXForwardedFor(value: string): readonly ForwardedNode[] {
  const parts = value.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '').map(readNode);
}

/**
 * The nodes of `Forwarded` (RFC 7239, section 4), in the order in which they were added, null where an element names none. Null for a
 * value that does not follow the grammar: what a stranger wrote in it may have swallowed what a proxy added behind it.
 */
export function readForwarded(value: string): readonly ForwardedNode[] | null {
  const nodes: ForwardedNode[] = [];
  let at = 0;
  for (;;) {
    // RFC 9110, section 5.6.1: a list may have empty elements.
    const blank = match(/[ \t]*/y, value, at) ?? '';
    at += blank.length;
    if (at === value.length) return nodes.length === 0 ? null : nodes;
    if (value[at] === ',') {
      at += 1;
      continue;
    }
    const text = match(element, value, at);
    if (text === null) return null;
    const node = nodeOf(text);
    if (node === undefined) return null;
    nodes.push(node);
    at += text.length;
    if (at < value.length && value[at] !== ',') return null;
  }
}

// RFC 7239, section 4; token and quoted-string are RFC 9110, sections 5.6.2 and 5.6.4.
const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const quoted = '"(?:[\\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"';
const pair = `${token}=(?:${token}|${quoted})`;
/** At least one pair, as nobody adds an element that says nothing; blanks around it as in every list. */
const element = new RegExp(`${pair}(?:[ \\t]*;(?:[ \\t]*${pair})?)*[ \\t]*`, 'y');
const pairs = new RegExp(`(${token})=(${token}|${quoted})`, 'g');

/** Of one element; undefined when it says twice for whom. */
function nodeOf(text: string): ForwardedNode | undefined {
  const said = [...text.matchAll(pairs)].filter(([, name = '']) => name.toLowerCase() === 'for');
  if (said.length > 1) return undefined;
  const value = said[0]?.[2] ?? '';
  return readNode(value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value);
}

/** IPv4, or IPv6 with or without brackets, with or without a port (RFC 7239, section 6). */
function readNode(text: string): ForwardedNode {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1];
  if (bracketed !== undefined) return bracketed.includes(':') ? withoutZone(bracketed) : null;
  return withoutZone(/^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text);
}

/** A zone names a network card of whoever wrote it, and may be any text: it would make many addresses of one. */
function withoutZone(text: string): ForwardedNode {
  return text.includes('%') ? null : canonicalAddress(text);
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}
