/**
 * Writes an address whose bytes are two a character: 2 for IPv4, 3 for a MAC address, 8 for IPv6.
 * IPv6 in the canonical form of RFC 5952.
 */
export function addressText(words: string): string {
  const numbers = Array.from({ length: words.length }, (_, index) => words.charCodeAt(index));
  if (numbers.length === 8) return ipv6Text(numbers);
  const bytes = numbers.flatMap((number) => [number >> 8, number & 0xff]);
  if (numbers.length === 2) return bytes.join('.');
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function ipv6Text(groups: number[]): string {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const write = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (best.length < 2) return write(groups);
  return `${write(groups.slice(0, best.start))}::${write(groups.slice(best.start + best.length))}`;
}
