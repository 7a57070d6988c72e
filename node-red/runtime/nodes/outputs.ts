import { randomUUID } from 'node:crypto';
import type { Message, RuntimeApi } from '../runtime-api';
import type { Outcome } from './run-definition';
import { toNumber } from '../../../client/values/loose-value';

/** A message to send, with the result in it. */
export interface Output {
  json: Outcome['json'];
  message: Message;
}

/**
 * The messages to send. Where their number is not known, each is held back until it is known whether
 * another one follows: the last of several carries the number, and a single one must not look like a
 * part.
 */
export async function* outputsOf(
  RED: RuntimeApi,
  message: Message,
  outcomes: AsyncIterable<Outcome>,
): AsyncGenerator<Output> {
  const parts = partsMaker(message);
  let held: Outcome | undefined;
  let index = 0;
  let failure: { thrown: unknown } | undefined;
  try {
    for await (const outcome of outcomes) {
      if (outcome.count !== undefined) {
        yield toOutput(RED, message, outcome, parts(index++, outcome.count));
        continue;
      }
      if (held) yield toOutput(RED, message, held, parts(index++));
      held = outcome;
    }
  } catch (thrown) {
    failure = { thrown };
  }
  // What did come out is passed on, even if the next result failed.
  if (held) {
    const count = failure ? undefined : index + 1;
    // Of several devices only one may have a result: a following Join node must still work.
    const isAlone = index === 0 && !('deviceId' in held.json);
    yield toOutput(RED, message, held, isAlone ? undefined : parts(index, count));
  }
  if (failure) throw failure.thrown;
}

/** Reuses the message, so that what a flow put on it stays; a frozen one is copied. */
function toOutput(
  RED: RuntimeApi,
  message: Message,
  { json, properties }: Outcome,
  parts: Message | undefined,
): Output {
  const own = Object.isExtensible(message) ? message : { ...message };
  const output = parts ? { ...RED.util.cloneMessage(message), parts } : own;
  // Of an earlier failure that is tried again: an HTTP response would go out with it.
  if ((toNumber(output.statusCode) ?? 0) >= 400) delete output.statusCode;
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) delete output[name];
    else output[name] = value;
  }
  return { json, message: output };
}

/** As the Split node does it, so that a Join node puts the results together again. */
function partsMaker(message: Message): (index: number, count?: number) => Message {
  const id = randomUUID();
  const outer = message.parts === undefined ? {} : { parts: message.parts };
  return (index, count) => ({
    id,
    type: 'array',
    len: 1,
    index,
    ...(count === undefined ? {} : { count }),
    ...outer,
  });
}
