/**
 * Whether a secret can stand in a URL as it is. Others work too if they are encoded by hand, so this
 * is checked only where a secret is entered. Imports nothing: Node-RED's forms use it in the browser.
 */
export function isPlainInUrl(secret: string): boolean {
  return /^[!-~]+$/.test(secret) && !/[&#+%]/.test(secret);
}
