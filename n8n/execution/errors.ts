import { NodeApiError, NodeOperationError, type INode, type JsonObject } from 'n8n-workflow';
import { AllegroError } from '../../client';
import { answerIn, requestIn } from '../../client/errors';
import { sentences } from '../../client/values/sentence';
import { timesInZone } from './date-time';
import { asText } from '../../client/values/text';

/**
 * An error in n8n's form: what happened as the message, what to do as the description. Carries the
 * facts as plain data; the original error is left behind with all that it may refer to.
 *
 * @param timeZone in which its sentences write times
 */
export function toNodeError(
  node: INode,
  error: unknown,
  itemIndex: number,
  timeZone = 'UTC',
): NodeApiError | NodeOperationError {
  if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
  if (!(error instanceof AllegroError)) {
    const message = error instanceof Error ? error.message : asText(error);
    return new NodeOperationError(node, message, { itemIndex });
  }
  const { status } = error;
  const what = timesInZone(error.what, timeZone);
  const description = timesInZone(descriptionOf(error), timeZone);
  const nodeError =
    error.kind === 'input'
      ? new NodeOperationError(node, what, { itemIndex, description })
      : new NodeApiError(node, error.toJSON() as JsonObject, {
          itemIndex,
          message: what,
          description,
          ...(status === undefined ? {} : { httpCode: String(status) }),
        });
  // n8n replaces messages in which it finds the name of a system error.
  nodeError.message = what;
  nodeError.description = description;
  return nodeError;
}

/** What the error panel shows below the message. */
function descriptionOf(error: AllegroError): string {
  return String(sentences(error.sentences.advice, answerIn(error), requestIn(error)));
}

/**
 * An error as the JSON of an item, for workflows that continue on error. n8n recognizes such an item by
 * its properties: with any other one it would not reach the error output.
 */
export function errorJson(
  error: unknown,
  timeZone = 'UTC',
): { error: string; details?: Record<string, unknown> } {
  if (error instanceof AllegroError) {
    const { what, ...details } = error.toJSON() as { what: string };
    return { error: timesInZone(what, timeZone), details };
  }
  return { error: error instanceof Error ? error.message : asText(error) };
}
