import { randomUUID } from 'node:crypto';
import type { Message } from '../runtime-api';

/** As the Split node does it, so that a Join node puts the results together again. */
export function partsMaker(message: Message): (index: number, count?: number) => Message {
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
