import type {
  ICredentialsDecrypted,
  ICredentialTestFunctions,
  INodeCredentialTestResult,
} from 'n8n-workflow';
import {
  AllegroClient,
  AllegroError,
  TransportError,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from '../../client';
import { authorizationOf } from '../../nodes/definitions/sign-in/credentials';
import type { ApplianceCredentials } from '../../nodes/definitions/sign-in/fields';
import { loginMask } from '../../nodes/definitions/sign-in/login-mask';
import { readCredentials, tlsOptions, type TlsOptions } from './credentials';
import { clientContext } from './context';
import { failureOf, plainHeaders, readBody } from './n8n-transport';
import type { HostStream } from './node-streams';
import { asText } from '../../client/values/text';

const TEST_LIMIT = 20_000;
/** The clock's answer has some 100 bytes; of a web page, its beginning is enough to name it. */
const MAX_BYTES = 16_384;

/** The credential's test: reports in plain words what is wrong. */
export async function testAppliance(
  this: ICredentialTestFunctions,
  { data }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
  const limit = AbortSignal.timeout(TEST_LIMIT);
  try {
    const transport = new CredentialTestTransport(this, readCredentials(data ?? {}));
    const client = new AllegroClient({ transport, context: clientContext });
    const { message } = await client.testConnection(limit);
    return { status: 'OK', message: String(message) };
  } catch (error) {
    return { status: 'Error', message: messageOf(error, limit) };
  }
}

function messageOf(error: unknown, limit: AbortSignal): string {
  if (limit.aborted) {
    return `The appliance did not answer within ${TEST_LIMIT / 1000} s. Check the URL, the network and the firewall between n8n and the appliance.`;
  }
  if (error instanceof AllegroError) return `${error.what} ${error.advice}`;
  return error instanceof Error ? error.message : asText(error);
}

interface LegacyResponse {
  statusCode: number;
  headers: Record<string, unknown>;
  body: HostStream;
}

/**
 * A transport for the one short read of the test. While credentials are tested, n8n offers only its
 * older helper, which knows neither the credential's authentication nor an abort signal, nor a limit
 * of size: so the answer is read as a stream, and its connection is closed from here.
 */
class CredentialTestTransport implements Transport {
  readonly baseUrl: string;
  readonly mask: (text: string) => string;
  private readonly tls: TlsOptions;

  constructor(
    private readonly host: ICredentialTestFunctions,
    private readonly credentials: ApplianceCredentials,
  ) {
    this.baseUrl = credentials.baseUrl;
    this.tls = tlsOptions(credentials);
    this.mask = loginMask(credentials);
  }

  async send({ method, path, headers, signal }: TransportRequest): Promise<TransportResponse> {
    const { agentOptions, ignore } = this.tls;
    const request = this.host.helpers.request({
      method,
      uri: this.baseUrl + path,
      headers: { ...headers, Authorization: authorizationOf(this.credentials) },
      agentOptions,
      ...(ignore ? { rejectUnauthorized: false } : {}),
      useStream: true,
      timeout: TEST_LIMIT,
      resolveWithFullResponse: true,
      simple: false,
      followRedirect: false,
    }) as Promise<LegacyResponse>;
    try {
      const { statusCode, headers, body } = await Promise.race([request, abortion(signal)]);
      const destroy = () => body.destroy();
      signal.addEventListener('abort', destroy, { once: true });
      return { status: statusCode, headers: plainHeaders(headers), body: beginningOf(body) };
    } catch (error) {
      // An answer that comes after the time limit is for nobody.
      request.then(({ body }) => body.destroy()).catch(() => undefined);
      throw failureOf(error, this.credentials);
    }
  }
}

function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new TransportError('aborted', 'The request was aborted.'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** As much of a body as the test reads; then the connection is closed. */
async function* beginningOf(body: HostStream): AsyncGenerator<Uint8Array> {
  let left = MAX_BYTES;
  for await (const chunk of readBody(body, () => undefined)) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}
