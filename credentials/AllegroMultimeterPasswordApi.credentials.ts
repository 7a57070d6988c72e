import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';
import { authenticate } from '../n8n/transport/authenticate';
import { credentialProperties } from '../n8n/description/credential-properties';
import { PASSWORD_CREDENTIAL_FIELDS } from '../nodes/definitions/sign-in/fields';

/** Signs in with user and password. */
export class AllegroMultimeterPasswordApi implements ICredentialType {
  name = 'allegroMultimeterPasswordApi';

  displayName = 'Allegro Network Multimeter Password API';

  icon: Icon = {
    light: 'file:../icons/allegro-multimeter.svg',
    dark: 'file:../icons/allegro-multimeter.dark.svg',
  };

  documentationUrl = 'https://github.com/allegro-multimeter-nodes/allegro-multimeter-nodes#sign-in';

  properties: INodeProperties[] = credentialProperties(PASSWORD_CREDENTIAL_FIELDS);

  authenticate = authenticate;
}
