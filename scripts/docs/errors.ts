import type { ErrorKind } from '../../client';
import type { NodeDefinition } from '../../nodes/definitions/model/define-node';
import { needsAppliance } from '../../nodes/definitions/model/start-run';
import { table } from './field-table';

interface ErrorText {
  meaning: string;
  advice: string;
  /** Nodes that can meet it; all of them where it is not said. */
  appliesTo?: (definition: NodeDefinition) => boolean;
}

const movesFiles = (definition: NodeDefinition) =>
  definition.producesFile || definition.fields.some(({ type }) => type === 'file');

/** Every kind of error, in the order in which a person meets them. */
const ERRORS: Record<ErrorKind, ErrorText> = {
  input: {
    meaning: 'A field is missing or invalid. Nothing was sent',
    advice: 'Correct the field named in the message',
  },
  unreachable: {
    meaning: 'The appliance cannot be reached',
    advice: 'Check the URL, the network and firewalls, or try again later',
    appliesTo: needsAppliance,
  },
  certificate: {
    meaning: 'The certificate is not trusted, or issued for a different name',
    advice: 'Enter the certificate of the appliance as _CA Certificate_',
    appliesTo: needsAppliance,
  },
  login: {
    meaning: 'The token, or the user and password, were not accepted (HTTP 401)',
    advice: 'Check the credential',
    appliesTo: needsAppliance,
  },
  permission: {
    meaning: 'Permission denied (HTTP 403)',
    advice: 'Grant the permission that the page of the node names',
    appliesTo: needsAppliance,
  },
  notFound: {
    meaning: 'The firmware has no such path, or the element no longer exists (HTTP 404)',
    advice: 'Check path, device, slot and firmware version',
    appliesTo: needsAppliance,
  },
  busy: {
    meaning: 'The slot, or a job of this kind, is in use',
    advice: 'Try again later, or choose another slot',
    appliesTo: needsAppliance,
  },
  refused: {
    meaning: 'The appliance refused the request, or the node did to protect live data',
    advice: 'Read the response that the error quotes',
    appliesTo: needsAppliance,
  },
  appliance: {
    meaning:
      'The appliance failed or was too busy (HTTP 429, 5xx). Reads were tried up to four times',
    advice: 'Try again later',
    appliesTo: needsAppliance,
  },
  badAnswer: {
    meaning: 'The response is not what the REST API promises, such as an HTML page',
    advice: 'Check that the URL is that of an appliance, not of a proxy in front of it',
    appliesTo: needsAppliance,
  },
  job: {
    meaning: 'A background job of the appliance failed or was lost',
    advice: 'Try again; if it fails again, use a shorter time range',
    appliesTo: needsAppliance,
  },
  incomplete: {
    meaning: 'The file ended early. Nothing of it is passed on',
    advice: 'Try again',
    appliesTo: movesFiles,
  },
  tooLarge: {
    meaning: 'The result exceeds a limit. Nothing of it is passed on',
    advice: 'Narrow the filter or time range, or raise the limit',
    appliesTo: movesFiles,
  },
  timeout: {
    meaning: 'A timeout was reached',
    advice: 'Try again, or raise the timeout if the node has a field for it',
    appliesTo: needsAppliance,
  },
  cancelled: {
    meaning: 'The workflow was stopped',
    advice: 'Nothing; the request to the appliance was cancelled, too',
  },
};

/** The kinds of error that a node can end with, and the page that explains them. */
export function errorLine(definition: NodeDefinition): string {
  const kinds = Object.entries(ERRORS)
    .filter(([, { appliesTo }]) => appliesTo?.(definition) ?? true)
    .map(([kind]) => `\`${kind}\``);
  return `Kinds: ${kinds.join(', ')}. [Errors](../errors.md) says what each means and what to do.`;
}

/** The page about errors. */
export function errorPage(): string {
  const rows = Object.entries(ERRORS).map(([kind, { meaning, advice }]) => [
    `\`${kind}\``,
    `\`${nodeRedCode(kind)}\``,
    `${meaning}.`,
    `${advice}.`,
  ]);
  return [
    '<!-- Written by npm run docs: do not edit. -->',
    '# Errors',
    'Every error says what happened, on which device and path, and what to do next. None holds a password or token.',
    '- **n8n:** a `NodeApiError` or `NodeOperationError`. With _On Error: Continue_ the item has `error`, with `details.kind`.\n- **Node-RED:** goes to _Catch_ nodes as `msg.error`, with `code`.',
    table(['Kind (n8n)', 'Code (Node-RED)', 'What happened', 'What to do'], rows),
    '[What happens when something goes wrong](fault-matrix.md) counts the cases that are tested.',
  ].join('\n\n');
}

/** The `code` that Node-RED's Catch nodes see. */
function nodeRedCode(kind: string): string {
  return `ALLEGRO_${kind.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
