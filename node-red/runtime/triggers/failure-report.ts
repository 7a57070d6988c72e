import { toNodeFailure } from '../nodes/node-failure';
import type { FieldNames } from '../nodes/field-names';
import type { RunStatus } from '../nodes/status-text';
import type { RuntimeApi, RuntimeNode } from '../runtime-api';
import { languageOf } from '../values/language';
import { RepeatLimit } from './repeat-limit';
import { say } from '../../../client/values/sentence';

/**
 * Reports failures of work that goes on by itself. An appliance that is away for the night fails at
 * each poll; a Catch node hears of it once an hour, and whenever the reason changes.
 */
export class FailureReport {
  private readonly limit: RepeatLimit;
  private last?: string;

  constructor(
    private readonly RED: Pick<RuntimeApi, '_'>,
    private readonly node: Pick<RuntimeNode, 'error' | 'log'>,
    private readonly names: FieldNames | undefined,
    now?: () => number,
  ) {
    this.limit = new RepeatLimit(now);
  }

  /** @returns the status that names the reason, for the node to show */
  failed(thrown: unknown): RunStatus {
    const { error, status, statusCode } = toNodeFailure(this.RED, thrown, this.names);
    if (this.last !== error.code) this.limit.reset();
    this.last = error.code;
    const failedBefore = this.limit.admit(error.code);
    if (failedBefore !== undefined) {
      // A message makes it an error that Catch nodes see.
      this.node.error(error, {
        payload: error.cause,
        ...(failedBefore > 0 ? { failedBefore } : {}),
        ...(statusCode === undefined ? {} : { statusCode }),
      });
    }
    return status;
  }

  succeeded(): void {
    if (this.last) this.node.log(languageOf(this.RED).show(say`Works again.`));
    this.last = undefined;
    this.limit.reset();
  }
}
