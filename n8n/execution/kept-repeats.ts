import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { KeptRepeats } from '../../nodes/definitions/model/run-context';

/** Name of what was captured within the static data that n8n keeps for a node. */
const REPEATS_NAME = 'repeats';

/**
 * What a node has captured, in the static data of the workflow. n8n reads it when an execution begins
 * and writes it when one of an active workflow ends; of two that end in different processes, the
 * later one wins.
 */
export function keptRepeats(host: IExecuteFunctions): KeptRepeats {
  return {
    // A plain copy: n8n's static data is an observed object.
    load: () => Promise.resolve(plain(host.getWorkflowStaticData('node')[REPEATS_NAME])),
    save(done) {
      host.getWorkflowStaticData('node')[REPEATS_NAME] = plain(done) as IDataObject;
      return Promise.resolve();
    },
  };
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
