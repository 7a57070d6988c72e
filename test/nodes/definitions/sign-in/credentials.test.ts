import { generate } from 'selfsigned';
import { TransportError } from '../../../../client/http/transport';
import {
  authorizationOf,
  explainIssuer,
  readBaseUrl,
  readCertificates,
} from '../../../../nodes/definitions/sign-in/credentials';
import { readCredentials } from '../../../../n8n/transport/credentials';
import { createAxiosTransport } from '../../../../node-red/transport/axios-transport';
import { validateUrl } from '../../../../node-red/editor/browser/appliance';
import type { EditorNode } from '../../../../node-red/editor/browser/editor-api';

/** Everything that reads an appliance URL: both hosts, and the form of the appliance node. */
const READERS = {
  definitions: (baseUrl: string) => readBaseUrl(baseUrl).href,
  n8n: (baseUrl: string) => readCredentials({ baseUrl, token: 't' }).baseUrl,
  'Node-RED': (baseUrl: string) => {
    const transport = createAxiosTransport({ baseUrl, token: 't' });
    transport.destroy();
    return transport.baseUrl;
  },
};
const node = { _: (_key: string, { defaultValue }: { defaultValue: string }) => defaultValue };
const inForm = (url: string) => validateUrl(node as unknown as EditorNode, url);

describe.each(Object.entries(READERS))('the appliance URL in %s', (_, read) => {
  it.each([
    ['https://allegro-mm-1a2b', 'https://allegro-mm-1a2b'],
    ['https://allegro-mm-1a2b:8443/', 'https://allegro-mm-1a2b:8443'],
    ['  https://allegro-mm-1a2b/API/stats?a=b ', 'https://allegro-mm-1a2b'],
    ['http://allegro-mm-1a2b', 'http://allegro-mm-1a2b'],
    ['allegro-mm-1a2b', 'https://allegro-mm-1a2b'],
    ['10.0.0.1:4443', 'https://10.0.0.1:4443'],
    ['https://[fe80::1]/', 'https://[fe80::1]'],
    ['https://proxy.example/allegro/', 'https://proxy.example/allegro'],
    ['https://proxy.example/net/allegro/API/stats', 'https://proxy.example/net/allegro'],
    ['https://allegro-mm-1a2b/index.html#/top', 'https://allegro-mm-1a2b'],
  ])('"%s" is read as %s', (typed, expected) => {
    expect(read(typed)).toBe(expected);
    expect(inForm(typed)).toBe(true);
  });

  it.each([
    ['', 'The appliance URL is missing.'],
    ['   ', 'The appliance URL is missing.'],
    ['not a url', 'The appliance URL is not valid.'],
    ['https://allegro\nmm', 'The appliance URL is not valid.'],
    ['ftp://allegro', 'The appliance URL is not valid.'],
    ['https://', 'The appliance URL is not valid.'],
    ['https://admin:s3cret', 'The appliance URL is not valid.'],
    ['https://${HOST}:8443', 'The host name in the appliance URL contains a variable.'],
    ['https://admin:s3cret@allegro', 'The appliance URL contains a user or password.'],
    ['admin:s3cret@allegro', 'The appliance URL contains a user or password.'],
    ['ftp://admin:s3cret@allegro', 'The appliance URL contains a user or password.'],
    ['https://admin:s3 cret@allegro', 'The appliance URL contains a user or password.'],
    ['https://admin:1/s3cret@allegro', 'The appliance URL contains a user or password.'],
    ['https://s3cret@allegro', 'The appliance URL contains a user or password.'],
  ])('%j is refused, and never shown', (typed, what) => {
    const reading = expect(() => read(typed));
    reading.toThrow(expect.objectContaining({ kind: 'input', field: 'baseUrl', what }));
    reading.not.toThrow(/s3cret/);
    expect(inForm(typed)).toMatch(/^(Enter the URL|Remove user and password)/);
  });
});

describe('the form of the appliance node', () => {
  it('takes an environment variable', () => {
    expect(inForm('${ALLEGRO_URL}')).toBe(true);
  });
});

describe('authorizationOf', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  it.each([
    [{ token: 't', user: 'u', password: 'p' }, 'Bearer t'],
    [{ user: 'jörg', password: 'pä:ss' }, basic('jörg:pä:ss')],
    [{ user: 'u' }, basic('u:')],
    [{}, undefined],
  ])('%j', (credentials, expected) => {
    expect(authorizationOf(credentials)).toBe(expected);
  });

  it.each([
    [{ token: 's3cret with a blank' }, 'token'],
    [{ token: 's3cret\nX-Other: 1' }, 'token'],
    [{ token: 's3cr\u00a0et' }, 'token'],
    [{ token: 's3cret\u0000' }, 'token'],
    [{ user: 'admin:s3cret', password: '' }, 'user'],
    [{ user: 'admin\r', password: 's3cret' }, 'user'],
    [{ user: 'admin', password: 's3cret\r\nX-Other: 1' }, 'password'],
    [{ user: 'admin', password: 's3cret\u0085' }, 'password'],
  ])('refuses %j, and never shows it', (credentials, field) => {
    const reading = expect(() => authorizationOf(credentials));
    reading.toThrow(expect.objectContaining({ kind: 'input', field }));
    reading.not.toThrow(/s3cr/);
  });
});

describe('readCertificates', () => {
  let pem: string;
  beforeAll(async () => {
    const { cert } = await generate([{ name: 'commonName', value: 'allegro' }], { keySize: 2048 });
    pem = cert.replace(/\r\n/g, '\n').trim();
  });

  it.each<[string, (pem: string) => string]>([
    ['as it is', (text) => text],
    ['on one line', (text) => text.replace(/\n/g, ' ')],
    ['with written line breaks', (text) => text.replace(/\n/g, '\\n')],
    ['from Windows', (text) => text.replace(/\n/g, '\r\n')],
    ['with text around it', (text) => `subject=allegro\n${text}\nissuer=allegro`],
  ])('reads a certificate %s', (_, change) => {
    expect(readCertificates(change(pem)).map((one) => one.toString().trim())).toEqual([pem]);
  });

  it('reads several, one after the other', () => {
    expect(readCertificates(`${pem}\n${pem}`)).toHaveLength(2);
  });

  it.each<[string, (pem: string) => string]>([
    ['another text', () => 'hello'],
    ['one that is cut off', (text) => text.slice(0, -60)],
    ['one cut off and one complete', (text) => `${text.slice(0, -60)}\n${text}`],
    ['a damaged one', (text) => text.replace(/[A-Z]{3}(?=\n)/, '')],
    ['a key', () => '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'],
  ])('refuses %s', (_, change) => {
    const reading = () => readCertificates(change(pem));
    expect(reading).toThrow(expect.objectContaining({ kind: 'input', field: 'caCertificate' }));
    expect(reading).toThrow(/not a certificate in PEM form/);
  });
});

describe('explainIssuer', () => {
  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'some', /is not the one that is set as "CA Certificate"/],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'some', /compare the fingerprint/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', undefined, /^$/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', ' ', /^$/],
    ['CERT_HAS_EXPIRED', 'some', /^$/],
  ])('for %s with %j entered says %s', (code, pem, advice) => {
    const explained = explainIssuer(new TransportError('certificate', 'no', code), pem);
    expect(explained.systemCode).toBe(code);
    expect(String(explained.advice ?? '')).toMatch(advice);
  });
});
