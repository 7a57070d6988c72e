import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { KeptRepeats } from '../../nodes/definitions/model/run-context';

/** Name of what was captured within the static data that n8n keeps for a node. */
const REPEATS_NAME = 'repeats';

/**
 * What a node has captured, in the static data of the workflow, for one run of the node on all of its
 * items. n8n reads the static data when an execution begins and writes it when one of an active
 * workflow ends, also if it fails; of two that end in different processes, the later one wins.
 */
export class RunRepeats implements KeptRepeats {
  private readonly ends: Array<(isKept: boolean) => Promise<void>> = [];
  /** Whether n8n keeps the results; nothing until the run has ended. */
  private isKept: boolean | undefined;

  constructor(private readonly host: Pick<IExecuteFunctions, 'getWorkflowStaticData'>) {}

  load(): Promise<unknown> {
    // A plain copy: n8n's static data is an observed object.
    return Promise.resolve(plain(this.host.getWorkflowStaticData('node')[REPEATS_NAME]));
  }

  save(done: Readonly<Record<string, unknown>>): Promise<void> {
    this.host.getWorkflowStaticData('node')[REPEATS_NAME] = plain(done) as IDataObject;
    return Promise.resolve();
  }

  /** An item may still end after another one has failed. */
  remembered(endRun: (isKept: boolean) => Promise<void>): void {
    if (this.isKept === undefined) this.ends.push(endRun);
    else void endRun(this.isKept);
  }

  /**
   * Lets other executions rely on what the run has captured, or forgets it where its results are lost.
   * Never rejects.
   */
  async endRun(isKept: boolean): Promise<void> {
    this.isKept = isKept;
    for (const endRun of this.ends) await endRun(isKept);
  }
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
