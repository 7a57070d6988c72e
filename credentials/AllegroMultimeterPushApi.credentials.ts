import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';
import { credentialProperties } from '../n8n/description/credential-properties';
import { PUSH_CREDENTIAL_FIELDS } from '../nodes/definitions/sign-in/fields';

/** The secret by which the trigger for pushed statistics knows the appliance. */
export class AllegroMultimeterPushApi implements ICredentialType {
  name = 'allegroMultimeterPushApi';

  displayName = 'Allegro Network Multimeter Push API';

  icon: Icon = {
    light: 'file:../icons/allegro-multimeter.svg',
    dark: 'file:../icons/allegro-multimeter.dark.svg',
  };

  documentationUrl =
    'https://github.com/allegro-multimeter-nodes/allegro-multimeter-nodes/blob/main/docs/nodes/pushed-statistics-trigger.md';

  properties: INodeProperties[] = credentialProperties(PUSH_CREDENTIAL_FIELDS);
}
