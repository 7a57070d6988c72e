import type { INodeProperties } from 'n8n-workflow';

/** A text that a person sees without asking for it. */
export function noticeProperty(name: string, text: string): INodeProperties {
  return { displayName: text, name, type: 'notice', default: '' };
}
