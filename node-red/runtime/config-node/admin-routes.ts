import { say, withTexts } from '../../../client/values/sentence';
import { languageOf } from '../values/language';
import { AllegroError, inputError, type ChoiceSource } from '../../../client';
import { splitPath } from '../../../client/devices/statistics-paths';
import { Limiter } from '../../../client/http/limits/limiter';
import { fetchCertificate } from '../../transport/fetch-certificate';
import {
  isMendedByCertificate,
  namesEnvironment,
  readDraft,
  testDeployed,
  testDraft,
  type ApplianceDraft,
} from './appliance-draft';
import { clientOf, type ApplianceNode } from './appliance-client';
import { toNodeFailure } from '../nodes/node-failure';
import { ADMIN_PATH, APPLIANCE_TYPE } from '../values/names';
import type { AdminRequest, AdminResponse, RuntimeApi } from '../runtime-api';
import { asText } from '../../../client/values/text';

const LIMIT_MS = 15_000;
const MAX_CHOICES = 500;
const CHOICES_AT_ONCE = 2;
const SOURCES: readonly string[] = [
  'statisticsPaths',
  'devices',
  'slots',
  'devicesAndSlots',
  'linkGroups',
] satisfies ChoiceSource[];

/**
 * What the editor may ask while a form is open. Choices come from appliances that were deployed.
 * Test and certificate also take a URL from the form, but a stored login is only used with the
 * settings it was stored for; both need write permission, which everyone who may deploy flows has.
 * None gives a secret or changes anything.
 */
export function registerAdminRoutes(RED: RuntimeApi): void {
  const mayRead = RED.auth.needsPermission(`${APPLIANCE_TYPE}.read`);
  const mayWrite = RED.auth.needsPermission(`${APPLIANCE_TYPE}.write`);

  // A write, because it uses the login, which the appliance notes in its event log.
  RED.httpAdmin.post(`/${ADMIN_PATH}/:id/test`, mayWrite, (request, response) => {
    const draft = readDraft(request.body);
    const work = async (signal: AbortSignal) => {
      requireJson(request);
      const deployed = deployedNode(RED, request);
      if (draft && !namesEnvironment(draft)) return testDraft(RED, draft, deployed, signal);
      const test = await testDeployed(draft, requireDeployed(deployed), signal);
      return { ...test, asDeployed: draft !== undefined };
    };
    answer(RED, response, work, (error) => ({
      isMendedByCertificate: isMendedByCertificate(error, draft),
    }));
  });

  RED.httpAdmin.post(`/${ADMIN_PATH}/:id/certificate`, mayWrite, (request, response) =>
    answer(RED, response, (signal) => {
      requireJson(request);
      return fetchCertificate(addressOf(readDraft(request.body)), signal);
    }),
  );

  RED.httpAdmin.get(`/${ADMIN_PATH}/:id/choices/:source`, mayRead, (request, response) =>
    answer(RED, response, async (signal) => {
      const node = requireDeployed(deployedNode(RED, request));
      const client = clientOf(RED, node.id);
      const { source } = request.params;
      if (source === undefined || !SOURCES.includes(source)) throw unknownSource();
      const search = textOf(request.query.search);
      const query = source === 'statisticsPaths' ? splitPath(search) : { search };
      const ask = () => client.choices(source as ChoiceSource, query, signal, languageOf(RED));
      const found = await choiceLimiterOf(node).run(ask, signal);
      return found.slice(0, MAX_CHOICES);
    }),
  );
}

/** By appliance: forms that are open must not take the places of the flows that run. */
const choiceLimiters = new WeakMap<ApplianceNode, Limiter>();

function choiceLimiterOf(node: ApplianceNode): Limiter {
  const limiter = choiceLimiters.get(node) ?? new Limiter(CHOICES_AT_ONCE);
  choiceLimiters.set(node, limiter);
  return limiter;
}

/**
 * JSON only: another site could make a person's browser send a form, but not JSON.
 *
 * @throws AllegroError `input`
 */
function requireJson({ headers }: AdminRequest): void {
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) throw NOT_JSON;
}

/**
 * Owns the promise: every error becomes a response.
 *
 * @param factsOf what the editor learns of an error besides its code and message
 */
function answer(
  RED: RuntimeApi,
  response: AdminResponse,
  work: (signal: AbortSignal) => unknown,
  factsOf: (error: unknown) => Record<string, unknown> = () => ({}),
): void {
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(silenceError()), LIMIT_MS);
  let isGone = false;
  response.on('close', () => {
    isGone = true;
    clearTimeout(timer);
    ended.abort();
  });
  Promise.resolve()
    .then(() => work(ended.signal))
    .finally(() => clearTimeout(timer))
    .then(
      (result) => response.json(withTexts(result, languageOf(RED))),
      (error: unknown) => {
        if (!isGone) refuse(RED, response, error, factsOf(error));
      },
    )
    // Only a response that cannot be written ends here; the editor is gone then.
    .catch(() => undefined)
    .finally(() => clearTimeout(timer));
}

function deployedNode(RED: RuntimeApi, { params }: AdminRequest): ApplianceNode | undefined {
  const node = params.id === undefined ? undefined : RED.nodes.getNode(params.id);
  return node?.type === APPLIANCE_TYPE ? (node as ApplianceNode) : undefined;
}

function requireDeployed(node: ApplianceNode | undefined): ApplianceNode {
  if (!node) throw NOT_DEPLOYED;
  return node;
}

function addressOf(draft: ApplianceDraft | undefined): string {
  const { baseUrl, proxy } = draft?.settings ?? {};
  if (proxy) {
    throw inputError(
      'proxy',
      say`The certificate cannot be fetched through a proxy.`,
      say`Fetch it on a machine that reaches the appliance directly, and paste it.`,
    );
  }
  return asText(baseUrl ?? '');
}

function refuse(
  RED: RuntimeApi,
  response: AdminResponse,
  thrown: unknown,
  facts: Record<string, unknown>,
): void {
  const { error } = toNodeFailure(RED, thrown);
  const isInput = thrown instanceof AllegroError && thrown.kind === 'input';
  // The editor translates this one.
  const code = thrown === NOT_DEPLOYED ? 'ALLEGRO_NOT_DEPLOYED' : error.code;
  const failed = isInput ? 409 : 502;
  response
    .status(thrown === NOT_JSON ? 415 : failed)
    .json({ ...facts, code, message: error.message });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= 1000 ? value : undefined;
}

const NOT_DEPLOYED = new AllegroError({
  kind: 'input',
  what: say`This appliance has not been deployed yet.`,
  advice: say`Deploy first, so that Node-RED knows its address and login.`,
});

const NOT_JSON = new AllegroError({
  kind: 'input',
  what: say`The request is not JSON.`,
  advice: say`Send it with the header Content-Type: application/json.`,
});

function silenceError(): AllegroError {
  return new AllegroError({
    kind: 'timeout',
    what: say`The appliance did not answer within ${LIMIT_MS / 1000} s.`,
    advice: say`Check the address, and firewalls in between.`,
    canRetry: true,
  });
}

function unknownSource(): AllegroError {
  return new AllegroError({
    kind: 'input',
    what: say`There are no such choices.`,
    advice: say`Update the editor page.`,
  });
}
