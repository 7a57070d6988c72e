const DOCS =
  'https://github.com/allegro-multimeter-nodes/allegro-multimeter-nodes/blob/main/docs/nodes';

/** Opens the page of one operation or trigger. n8n's own *Docs* knows one page for the whole node. */
export function docsLink(name: string): string {
  const page = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `<a href="${DOCS}/${page}.md" target="_blank">Docs of this form</a>, with examples of its output`;
}
