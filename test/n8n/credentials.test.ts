import { NodeHelpers, type INodeProperties } from 'n8n-workflow';
import { AllegroMultimeterPasswordApi } from '../../credentials/AllegroMultimeterPasswordApi.credentials';
import { AllegroMultimeterTokenApi } from '../../credentials/AllegroMultimeterTokenApi.credentials';

describe.each([
  ['token', new AllegroMultimeterTokenApi()],
  ['password', new AllegroMultimeterPasswordApi()],
])('the %s credential', (_, { properties }) => {
  /** The notices that n8n shows beside these values, by the field that they stand below. */
  const noticesFor = (values: Record<string, string | boolean>) =>
    properties
      .filter(({ type }) => type === 'notice')
      .filter((property) => NodeHelpers.displayParameter(values, property, null, null))
      .map((property) => fieldBefore(property));
  const fieldBefore = (property: INodeProperties) =>
    properties[properties.indexOf(property) - 1]?.name;

  it.each([
    ['https://allegro-mm-1a2b', false, []],
    ['http://allegro-mm-1a2b', false, ['baseUrl']],
    ['allegro-mm-1a2b', true, ['ignoreCertificateErrors']],
  ])('warns of a login that others can read: %s, %s', (baseUrl, ignore, expected) => {
    expect(noticesFor({ baseUrl, ignoreCertificateErrors: ignore })).toEqual(expected);
  });
});
