import { page, type EditorNode, type JQuery } from './editor-api';
import type { EditorField } from './editor-field';
import { textOf } from './forms';

/**
 * Ties the label of a field to the controls that a typedInput is made of: Node-RED hides the input
 * that the label belongs to, and 4.x passes no name on.
 */
export function labelControls(node: EditorNode, { name }: EditorField): void {
  const control = page.$(`#node-input-${name}`).closest('[data-control]');
  const container = control.find('.red-ui-typedInput-container').first();
  const labelId = `node-label-${name}`;
  container.find('.red-ui-typedInput-input').attr('aria-labelledby', labelId);
  // Its own text is the current choice, which a screen reader must read too.
  const choiceId = `allegro-multimeter-choice-${name}`;
  container
    .find('.red-ui-typedInput-option-trigger')
    .attr('id', choiceId)
    .attr('aria-labelledby', `${labelId} ${choiceId}`);
  // The help of the label, which only a mouse brings up there.
  container
    .find('.red-ui-typedInput-input, .red-ui-typedInput-option-trigger')
    .attr('aria-describedby', `node-help-${name}`);
  labelSource(node, container, textOf(node, `fields.${name}.label`));
  page.$(`#${labelId}`).on('click', (event) => {
    event.preventDefault();
    container.find('.red-ui-typedInput-input:visible, button:visible').last().trigger('focus');
  });
}

/** Names the button that chooses where a value comes from. */
export function labelSource(node: EditorNode, container: JQuery, label: string): void {
  const english = `${label}: where the value comes from`;
  container
    .find('.red-ui-typedInput-type-select')
    .attr('aria-label', node._('types.source', { defaultValue: english, label }));
}
