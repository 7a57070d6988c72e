import { createHash, timingSafeEqual } from 'crypto';

/**
 * Whether two secrets are the same, in a time that tells nothing about where they differ or how
 * long they are. A blank secret is none, and never the same.
 */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(given), digest(expected)) && expected !== '';
}
