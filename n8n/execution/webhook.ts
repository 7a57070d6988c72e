import type {
  ICredentialsDecrypted,
  IDataObject,
  INodeCredentialTestResult,
  IWebhookFunctions,
  IWebhookResponseData,
} from 'n8n-workflow';
import { AllegroError } from '../../client';
import { isPlainInUrl } from '../../nodes/definitions/sign-in/is-plain-in-url';
import { readFieldValues } from '../../nodes/definitions/model/read-field-values';
import {
  MIN_SECRET_LENGTH,
  refusalOf,
  REFUSALS,
  requireSecret,
  singleTexts,
} from '../../nodes/definitions/triggers/secret';
import { MAX_BODY_BYTES, type PushTrigger } from '../../nodes/definitions/triggers/trigger';
import { localContext } from './local-context';
import { triggerValues } from './parameters';
import { asText } from '../../client/values/text';

const PUSH_CREDENTIAL_TYPE = 'allegroMultimeterPushApi';

/** What n8n's web server adds to Node.js's own request. */
interface RawRequest {
  rawBody?: Buffer;
  readRawBody?(): Promise<void>;
}

/**
 * Takes one delivery: refuses those without the secret before anything is read, and starts the
 * workflow with the events as items. n8n answers 200 before the workflow runs.
 */
export async function receiveDelivery(
  host: IWebhookFunctions,
  trigger: PushTrigger,
): Promise<IWebhookResponseData> {
  const secret = await secretOf(host);
  const credentials = {
    headers: singleTexts(host.getHeaderData()),
    query: singleTexts(host.getQueryData() as object),
  };
  const refusal = refusalOf(credentials, secret);
  if (refusal) return refuse(host, refusal, String(REFUSALS[refusal]));
  const body = await bodyOf(host);
  if (body === undefined) {
    return refuse(host, 413, `The body is longer than ${MAX_BODY_BYTES} bytes.`);
  }
  try {
    const values = readFieldValues(trigger, await triggerValues(host, trigger.fields));
    const delivery = { ...credentials, body, receivedAt: Date.now() };
    const events = trigger.receive(
      localContext(host, new AbortController().signal),
      values,
      delivery,
    );
    return { workflowData: [events.map((json) => ({ json: json as IDataObject }))] };
  } catch (error) {
    if (!(error instanceof AllegroError)) throw error;
    return refuse(host, 400, error.message);
  }
}

/** The credential's test: no appliance can be asked, but a weak or unusable secret is refused. */
export async function testPushSecret({
  data,
}: ICredentialsDecrypted): Promise<INodeCredentialTestResult> {
  const secret = asText(data?.secret ?? '').trim();
  const { length } = secret;
  if (length < MIN_SECRET_LENGTH) {
    return {
      status: 'Error',
      message: `The secret is too short: ${length} instead of at least ${MIN_SECRET_LENGTH} characters.`,
    };
  }
  if (!isPlainInUrl(secret)) {
    return {
      status: 'Error',
      message:
        'The secret has characters with a special meaning in URLs. Use only letters, digits, hyphens and underscores.',
    };
  }
  return { status: 'OK', message: 'The secret is long enough.' };
}

async function secretOf(host: IWebhookFunctions): Promise<string> {
  const { secret } = await host.getCredentials(PUSH_CREDENTIAL_TYPE);
  return requireSecret(typeof secret === 'string' ? secret.trim() : undefined);
}

function refuse(host: IWebhookFunctions, status: number, message: string): IWebhookResponseData {
  host.getResponseObject().status(status).json({ message });
  return { noWebhookResponse: true };
}

/**
 * As text, whatever content type was sent.
 *
 * @returns nothing where it is too long
 */
async function bodyOf(host: IWebhookFunctions): Promise<unknown> {
  const request = host.getRequestObject() as unknown as RawRequest;
  await request.readRawBody?.();
  const { rawBody } = request;
  if (!rawBody) return host.getBodyData();
  return rawBody.length > MAX_BODY_BYTES ? undefined : rawBody.toString('utf8');
}
