import type { ErrorKind } from '../../client';
import type { NodeDefinition } from '../../nodes/definitions/model/definition';
import { needsAppliance } from '../../nodes/definitions/model/start-run';

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
    meaning: 'A field is missing or wrong. Nothing was sent',
    advice: 'Correct the field that the message names',
  },
  unreachable: {
    meaning: 'No connection to the appliance',
    advice: 'Check URL, network and firewalls. A later try can help',
    appliesTo: needsAppliance,
  },
  certificate: {
    meaning: 'The certificate is not trusted, or made out to another name',
    advice: 'Enter the certificate of the appliance as CA certificate',
    appliesTo: needsAppliance,
  },
  login: {
    meaning: 'The token, or user and password, are not accepted (HTTP 401)',
    advice: 'Check the credential',
    appliesTo: needsAppliance,
  },
  permission: {
    meaning: 'The login is known, but may not do this (HTTP 403)',
    advice: 'Grant the permission named above',
    appliesTo: needsAppliance,
  },
  notFound: {
    meaning: 'The firmware has no such path, or the element is gone (HTTP 404)',
    advice: 'Check path, device and slot, and the version of the firmware',
    appliesTo: needsAppliance,
  },
  busy: {
    meaning: 'What is asked for is in use: a slot, or a job of its kind',
    advice: 'Try again later, or choose another slot',
    appliesTo: needsAppliance,
  },
  refused: {
    meaning: 'The appliance refuses the request, or the node does so to protect live data',
    advice: 'Read the answer that the error quotes',
    appliesTo: needsAppliance,
  },
  appliance: {
    meaning:
      'The appliance failed or was too busy (HTTP 429, 5xx); reads were tried up to four times',
    advice: 'Try again later',
    appliesTo: needsAppliance,
  },
  badAnswer: {
    meaning: 'The answer is not what the REST API promises, such as an HTML page',
    advice: 'Check that the URL is that of an appliance, and not of a proxy before it',
    appliesTo: needsAppliance,
  },
  job: {
    meaning: 'A job that the appliance worked on in the background failed or was lost',
    advice: 'Try again, with a smaller time range if it fails again',
    appliesTo: needsAppliance,
  },
  incomplete: {
    meaning: 'The file broke off before its end. Nothing of it is handed on',
    advice: 'Try again',
    appliesTo: movesFiles,
  },
  tooLarge: {
    meaning: 'There is more than a limit allows. Nothing of it is handed on',
    advice: 'Narrow the filter or time range, or raise the limit',
    appliesTo: movesFiles,
  },
  timeout: {
    meaning: 'A limit of time ran out',
    advice: 'Try again, or raise the limit where the node has a field for it',
    appliesTo: needsAppliance,
  },
  cancelled: {
    meaning: 'The workflow or a person stopped it',
    advice: 'Nothing: it stopped at the appliance, too',
  },
};

/** What can go wrong with a node, as a table. */
export function errorTable(definition: NodeDefinition): string[][] {
  return Object.entries(ERRORS)
    .filter(([, { appliesTo }]) => appliesTo?.(definition) ?? true)
    .map(([kind, { meaning, advice }]) => [
      `\`${kind}\``,
      `\`${nodeRedCode(kind)}\``,
      `${meaning}.`,
      `${advice}.`,
    ]);
}

/** The `code` that Node-RED's Catch nodes see. */
export function nodeRedCode(kind: string): string {
  return `ALLEGRO_${kind.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
