/**
 * Checks a message against the form that Slack's incoming webhooks take (Block Kit reference), for
 * the block types that the examples use. Returns what is wrong, in words; empty if nothing is.
 */
export function problemsOf(message: unknown): string[] {
  const problems: string[] = [];
  if (!isObject(message)) return ['The message is not a JSON object.'];
  only(message, ['text', 'blocks'], 'message', problems);
  // Slack shows `text` in notifications, and asks for it beside blocks.
  text(message.text, 'text', 40_000, problems);
  unescaped(message.text, 'text', problems);
  if (message.blocks !== undefined) blocks(message.blocks, problems);
  return problems;
}

const MAX_BLOCKS = 50;

function blocks(list: unknown, problems: string[]): void {
  if (!Array.isArray(list) || list.length === 0) {
    problems.push('blocks: not a list with blocks.');
    return;
  }
  if (list.length > MAX_BLOCKS) problems.push(`blocks: ${list.length}, more than ${MAX_BLOCKS}.`);
  list.forEach((block, index) => oneBlock(block, `blocks[${index}]`, problems));
}

function oneBlock(block: unknown, at: string, problems: string[]): void {
  if (!isObject(block)) {
    problems.push(`${at}: no object.`);
    return;
  }
  switch (block.type) {
    case 'header':
      only(block, ['type', 'text', 'block_id'], at, problems);
      textObject(block.text, `${at}.text`, ['plain_text'], 150, problems);
      return;
    case 'section':
      section(block, at, problems);
      return;
    case 'context':
      only(block, ['type', 'elements', 'block_id'], at, problems);
      list(block.elements, `${at}.elements`, 10, problems).forEach((element, index) =>
        textObject(element, `${at}.elements[${index}]`, TEXTS, 3000, problems),
      );
      return;
    case 'divider':
      only(block, ['type', 'block_id'], at, problems);
      return;
    default:
      problems.push(`${at}: unknown type ${JSON.stringify(block.type)}.`);
  }
}

const TEXTS = ['plain_text', 'mrkdwn'];

function section(block: Record<string, unknown>, at: string, problems: string[]): void {
  only(block, ['type', 'text', 'fields', 'block_id'], at, problems);
  if (block.text === undefined && block.fields === undefined) {
    problems.push(`${at}: neither text nor fields.`);
  }
  if (block.text !== undefined) textObject(block.text, `${at}.text`, TEXTS, 3000, problems);
  // Otherwise addresses become links, and names of channels and people are called.
  const { type, verbatim } = (block.text ?? {}) as Record<string, unknown>;
  if (type === 'mrkdwn' && verbatim !== true) problems.push(`${at}: not verbatim.`);
  if (block.fields === undefined) return;
  list(block.fields, `${at}.fields`, 10, problems).forEach((field, index) =>
    textObject(field, `${at}.fields[${index}]`, TEXTS, 2000, problems),
  );
}

function textObject(
  value: unknown,
  at: string,
  types: string[],
  longest: number,
  problems: string[],
): void {
  if (!isObject(value)) {
    problems.push(`${at}: no text object.`);
    return;
  }
  only(value, ['type', 'text', 'emoji', 'verbatim'], at, problems);
  if (!types.includes(value.type as string)) problems.push(`${at}: type ${String(value.type)}.`);
  if (value.emoji !== undefined && value.type !== 'plain_text') problems.push(`${at}: emoji.`);
  text(value.text, `${at}.text`, longest, problems);
  if (value.type === 'mrkdwn') unescaped(value.text, `${at}.text`, problems);
}

/** What Slack wants written as an entity, because `<!channel>` calls everybody. */
function unescaped(value: unknown, at: string, problems: string[]): void {
  if (/[<>]|&(?!(amp|lt|gt);)/.test(String(value))) problems.push(`${at}: unescaped.`);
}

function text(value: unknown, at: string, longest: number, problems: string[]): void {
  if (typeof value !== 'string' || value === '') problems.push(`${at}: no text.`);
  else if (value.length > longest) problems.push(`${at}: ${value.length} characters.`);
  // What a workflow writes when a value is missing.
  else if (/undefined|\[object Object\]|\bNaN\b/.test(value)) problems.push(`${at}: ${value}`);
}

function list(value: unknown, at: string, most: number, problems: string[]): unknown[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > most) {
    problems.push(`${at}: not a list of 1 to ${most}.`);
    return [];
  }
  return value;
}

function only(
  value: Record<string, unknown>,
  names: string[],
  at: string,
  problems: string[],
): void {
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) problems.push(`${at}: unknown property ${name}.`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
