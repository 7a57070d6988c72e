import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';
import { authenticate } from '../n8n/transport/authenticate';
import { credentialProperties } from '../n8n/description/credential-properties';
import { TOKEN_CREDENTIAL_FIELDS } from '../nodes/definitions/sign-in/fields';

/** Signs in with an API token. */
export class AllegroMultimeterTokenApi implements ICredentialType {
  name = 'allegroMultimeterTokenApi';

  displayName = 'Allegro Network Multimeter Token API';

  icon: Icon = {
    light: 'file:../icons/allegro-multimeter.svg',
    dark: 'file:../icons/allegro-multimeter.dark.svg',
  };

  documentationUrl = 'https://github.com/allegro-multimeter-nodes/allegro-multimeter-nodes#sign-in';

  properties: INodeProperties[] = credentialProperties(TOKEN_CREDENTIAL_FIELDS);

  authenticate = authenticate;
}
