import {
  NodeConnectionTypes,
  type ICredentialsDecrypted,
  type ICredentialTestFunctions,
  type INodeCredentialTestResult,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
} from 'n8n-workflow';
import { pushProperties } from '../../n8n/description/trigger-properties';
import { receiveDelivery, testPushSecret } from '../../n8n/execution/webhook';
import { pushedStatisticsTrigger } from '../definitions/triggers/pushed-statistics-trigger';

/** Starts a workflow when the appliance pushes statistics to a URL of n8n. */
export class AllegroMultimeterPushTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Allegro Network Multimeter Push Trigger',
    name: 'allegroMultimeterPushTrigger',
    icon: {
      light: 'file:../../icons/allegro-multimeter.svg',
      dark: 'file:../../icons/allegro-multimeter.dark.svg',
    },
    group: ['trigger'],
    version: [1],
    subtitle: '={{ $parameter["statistic"] }}',
    description:
      'Triggers the workflow when an Allegro Network Multimeter pushes statistics through its "Statistics export via POST"',
    documentationUrl:
      'https://github.com/allegro-multimeter-nodes/allegro-multimeter-nodes/blob/main/docs/nodes/pushed-statistics-trigger.md',
    defaults: { name: 'Allegro Network Multimeter Push Trigger' },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'allegroMultimeterPushApi', required: true, testedBy: 'testPushSecret' }],
    webhooks: [
      {
        name: 'default',
        httpMethod: 'POST',
        responseMode: 'onReceived',
        responseData: 'ok',
        path: 'statistics',
      },
    ],
    properties: pushProperties(pushedStatisticsTrigger),
  };

  methods = {
    credentialTest: {
      async testPushSecret(
        this: ICredentialTestFunctions,
        credential: ICredentialsDecrypted,
      ): Promise<INodeCredentialTestResult> {
        return testPushSecret(credential);
      },
    },
  };

  /** No API sets up the export: a person enters the URL at the appliance, once. */
  webhookMethods = {
    default: {
      async checkExists(): Promise<boolean> {
        return true;
      },
      async create(): Promise<boolean> {
        return true;
      },
      async delete(): Promise<boolean> {
        return true;
      },
    },
  };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return receiveDelivery(this, pushedStatisticsTrigger);
  }
}
