import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { testAppliance } from '../../n8n/transport/credential-test';
import { executeItems } from '../../n8n/execution/execute';
import { nodeProperties, operationSubtitle } from '../../n8n/description/properties';
import { operationHints } from '../../n8n/description/docs';
import { searchMethods } from '../../n8n/description/search';
import { definitions } from '../definitions';

/** The action node: every definition is one of its operations. */
export class AllegroMultimeter implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Allegro Network Multimeter',
    name: 'allegroMultimeter',
    icon: {
      light: 'file:../../icons/allegro-multimeter.svg',
      dark: 'file:../../icons/allegro-multimeter.dark.svg',
    },
    group: ['transform'],
    version: [1],
    subtitle: operationSubtitle(definitions),
    description:
      'Capture packets back in time, read statistics and upload pcaps with an Allegro Network Multimeter',
    documentationUrl:
      'https://github.com/allegro-multimeter-nodes/allegro-multimeter-nodes/blob/main/docs/nodes/README.md',
    defaults: { name: 'Allegro Network Multimeter' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    usableAsTool: true,
    credentials: [
      {
        name: 'allegroMultimeterTokenApi',
        required: true,
        testedBy: 'testAppliance',
        displayOptions: {
          show: { authentication: ['token'] },
          hide: { operation: ['pcapSummary'] },
        },
      },
      {
        name: 'allegroMultimeterPasswordApi',
        required: true,
        testedBy: 'testAppliance',
        displayOptions: {
          show: { authentication: ['password'] },
          hide: { operation: ['pcapSummary'] },
        },
      },
    ],
    hints: operationHints(definitions),
    properties: nodeProperties(definitions),
  };

  methods = { credentialTest: { testAppliance }, listSearch: searchMethods };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return [await executeItems(this, definitions)];
  }
}
