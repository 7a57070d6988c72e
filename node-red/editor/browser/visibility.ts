import { page, type EditorNode } from './editor-api';
import type { EditorField } from './editor-field';
import { storedOf, textOf } from './forms';

/** Types that hold a fixed value. All others are only known when a message arrives. */
const STATIC_TYPES = ['str', 'num', 'bool', 'option', 'rows'];

/** What the form of the node that is open at the moment says, or else what the node holds. */
export function propertyOf(node: EditorNode, name: string): string {
  const input = isOpen(node) ? page.$(`#node-input-${name}`) : undefined;
  return input?.length ? String(input.val() ?? '') : storedOf(node, name);
}

/** The form carries the node's id, because other nodes of the same type are validated meanwhile. */
function isOpen({ id }: EditorNode): boolean {
  return page.$('#allegro-multimeter-form').data('node') === id;
}

export function markOpen({ id }: EditorNode): void {
  page.$('#allegro-multimeter-form').data('node', id);
}

/**
 * Whether a field or a warning shows. A condition on a value that a message decides counts as met:
 * better a row too many than one that cannot be filled in.
 */
export function isShown(
  node: EditorNode,
  fields: readonly EditorField[],
  { showWhen }: Pick<EditorField, 'showWhen'>,
): boolean {
  return Object.entries(showWhen ?? {}).every(([name, wanted]) => {
    const controlling = fields.find((other) => other.name === name);
    if (controlling && !isShown(node, fields, controlling)) return false;
    if (!STATIC_TYPES.includes(propertyOf(node, `${name}Type`))) return true;
    return wanted.map(String).includes(propertyOf(node, name));
  });
}

/** Nothing behind a number that brings its own unit, nor where a message decides which it is. */
function unitOf(node: EditorNode, fields: readonly EditorField[], field: EditorField): string {
  const { name, unitWhen } = field;
  const isNumber = propertyOf(node, `${name}Type`) === 'num';
  if (isNumber && /[a-z%°]/i.test(propertyOf(node, name))) return '';
  if (!unitWhen) return textOf(node, `fields.${name}.unit`);
  const shown = [...unitWhen.keys()].filter((index) => isShown(node, fields, unitWhen[index]!));
  return shown.length === 1 ? textOf(node, `fields.${name}.units.${shown[0]}`) : '';
}

/**
 * Shows and hides rows, units and warnings. Rows stay in the page, because the editor reads its values from
 * there.
 */
export function updateRows(node: EditorNode, fields: readonly EditorField[]): void {
  for (const field of fields) {
    page
      .$(`#allegro-multimeter-form [data-field="${field.name}"]`)
      .toggle(isShown(node, fields, field));
    const unit = unitOf(node, fields, field);
    page
      .$(`#allegro-multimeter-form [data-unit="${field.name}"]`)
      .text(unit)
      .toggle(unit !== '');
  }
  page.$('#allegro-multimeter-form [data-show-when]').each(function () {
    const tip = page.$(this);
    const showWhen = JSON.parse(tip.attr('data-show-when')!) as EditorField['showWhen'];
    tip.toggle(isShown(node, fields, { showWhen }));
  });
  const hasAdvanced = fields.some((field) => field.advanced && isShown(node, fields, field));
  page.$('#allegro-multimeter-more').toggle(hasAdvanced);
}
