import {
  NodeConnectionTypes,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  type IPollFunctions,
} from 'n8n-workflow';
import { testAppliance } from '../../n8n/transport/credential-test';
import { pollOnce } from '../../n8n/execution/poll';
import { triggerHints } from '../../n8n/description/docs';
import { searchMethods } from '../../n8n/description/search';
import { pollProperties, triggerSubtitle } from '../../n8n/description/trigger-properties';
import { pollTriggers } from '../definitions/triggers';

/** Starts a workflow when the appliance, asked again and again, has something to tell. */
export class AllegroMultimeterTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Allegro Network Multimeter Trigger',
    name: 'allegroMultimeterTrigger',
    icon: {
      light: 'file:../../icons/allegro-multimeter.svg',
      dark: 'file:../../icons/allegro-multimeter.dark.svg',
    },
    group: ['trigger'],
    version: [1],
    subtitle: triggerSubtitle(pollTriggers),
    // n8n's node panel shows this for the action node as well: it joins the two.
    description:
      'Capture packets, read statistics and trigger workflows with an Allegro Network Multimeter',
    documentationUrl:
      'https://github.com/allegro-multimeter-nodes/allegro-multimeter-nodes/blob/main/docs/triggers.md',
    defaults: { name: 'Allegro Network Multimeter Trigger' },
    polling: true,
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      {
        name: 'allegroMultimeterTokenApi',
        required: true,
        testedBy: 'testAppliance',
        displayOptions: { show: { authentication: ['token'] } },
      },
      {
        name: 'allegroMultimeterPasswordApi',
        required: true,
        testedBy: 'testAppliance',
        displayOptions: { show: { authentication: ['password'] } },
      },
    ],
    hints: triggerHints(pollTriggers),
    properties: pollProperties(pollTriggers),
  };

  methods = { credentialTest: { testAppliance }, listSearch: searchMethods };

  async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
    return pollOnce(this, pollTriggers);
  }
}
