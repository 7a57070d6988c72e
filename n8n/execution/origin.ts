import type { FunctionsBase } from 'n8n-workflow';
import type { Origin } from '../../nodes/definitions/model/run-context';
import { VERSION } from '../../nodes/definitions/version';

/** What made a capture, for evidence files. n8n does not report its version to nodes. */
export function originOf(
  host: Pick<FunctionsBase, 'getWorkflow' | 'getNode' | 'getExecutionId'>,
): Origin {
  const workflow = host.getWorkflow();
  const node = host.getNode();
  return {
    host: { name: 'n8n', version: null },
    package: { name: 'n8n-nodes-allegro-multimeter', version: VERSION },
    workflow: { id: workflow.id ?? null, name: workflow.name ?? null },
    node: { id: node.id, name: node.name },
    run: host.getExecutionId() || null,
  };
}
