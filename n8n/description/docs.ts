import type { NodeHint } from 'n8n-workflow';
import type { NodeDefinition } from '../../nodes/definitions/model/define-node';
import type { TriggerDefinition } from '../../nodes/definitions/triggers/trigger';
import { operationNames } from './operations';

const DOCS =
  'https://github.com/allegro-multimeter-nodes/allegro-multimeter-nodes/blob/main/docs/nodes';

/** Opens the page of one operation or trigger. n8n's own *Docs* knows one page for the whole node. */
export function docsLink(name: string): string {
  const page = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `See the <a href="${DOCS}/${page}.md" target="_blank">docs, with sample output</a>`;
}

/** The links where a person looks next: in the output panel, until the node has run. */
export function operationHints(definitions: readonly NodeDefinition[]): NodeHint[] {
  return definitions.map((definition) =>
    docsHint(definition.name, 'operation', operationNames(definition)),
  );
}

/** The same for the polling trigger. */
export function triggerHints(triggers: readonly TriggerDefinition[]): NodeHint[] {
  return triggers.map(({ name }) => docsHint(name, 'triggerOn', [name]));
}

function docsHint(page: string, parameter: string, values: readonly string[]): NodeHint {
  return {
    message: docsLink(page),
    type: 'info',
    location: 'outputPane',
    whenToDisplay: 'beforeExecution',
    displayCondition: `={{ ${JSON.stringify(values)}.includes($parameter["${parameter}"]) }}`,
  };
}
