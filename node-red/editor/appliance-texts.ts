import { english, type Text } from '../locales/text';
import { NUMBER_FORMAT } from '../runtime/values/language';
import { APPLIANCE_TYPE } from '../runtime/values/names';
import { CERTIFICATE, described, NOTES, TEST } from './appliance-fields';
import { sharedTexts, translateAll, type Catalogue } from './catalogue';
import { exampleText } from './editor-field';
import { escapeHtml, sentence, withCode } from './html';

/** The catalogue of the config node. */
export function applianceTexts(text: Text = english): Catalogue {
  const fields = described().map(({ name, label, description, placeholder, options }) => [
    name,
    {
      label: text(label),
      description: sentence(text(description)),
      ...(placeholder ? { placeholder: exampleText(placeholder, text) } : {}),
      ...(options ? { options: translateAll(options, text) } : {}),
    },
  ]);
  return {
    ...sharedTexts(text),
    [NUMBER_FORMAT]: text(NUMBER_FORMAT),
    test: translateAll(TEST, text),
    certificate: translateAll(CERTIFICATE, text),
    notes: translateAll(NOTES, text),
    fields: Object.fromEntries(fields) as Catalogue,
  };
}

/** Help of the config node. */
export function applianceHelp(text: Text = english): string {
  const entries = described().map(
    ({ label, description }) =>
      `  <dt>${escapeHtml(text(label))}</dt>\n  <dd>${escapeHtml(sentence(text(description)))}</dd>`,
  );
  return [
    `<script type="text/html" data-help-name="${APPLIANCE_TYPE}">`,
    `<p>${text('Address and login of an Allegro Network Multimeter, shared by all nodes that use it.')}</p>`,
    `<h3>${text('Details')}</h3>`,
    '<dl>',
    ...entries,
    '</dl>',
    `<p>${withCode(text('Token, user and password are stored encrypted and are not part of exported flows. URL, token, user, password, CA certificate and Parallel Requests accept an environment variable as ${NAME}; in a flow file, Ignore Certificate Errors does too. A variable that is not set is an error at deploy.'))}</p>`,
    `<p>${text('The test signs in with the values in the form, reads the clock, and checks what the login may do. It only reads; one check is a capture of one microsecond. A stored login is used only with the URL, proxy, TLS and certificate settings that it was deployed with.')}</p>`,
    `<p>${text('"Get certificate" shows the certificate that the appliance presents and enters it as CA certificate. Compare the fingerprint before you deploy: from then on connections are checked against it.')}</p>`,
    `<h3>${text('References')}</h3>`,
    '<ul>',
    `  <li>${text('REST API description of the Allegro Network Multimeter: __source__', { source: 'Credentials; Using API token' })}</li>`,
    '</ul>',
    '</script>',
    '',
  ].join('\n');
}
