import { AllegroError, type AllegroClient, type ChoiceSource } from '../../client';
import { clientOf } from './client-of';
import { toNodeFailure } from './errors';
import { ADMIN_PATH, APPLIANCE_TYPE } from './names';
import type { AdminRequest, AdminResponse, RuntimeApi } from './red';

const LIMIT_MS = 15_000;
const MAX_CHOICES = 500;
const SOURCES: readonly string[] = [
  'statisticsPaths',
  'devices',
  'slots',
  'devicesAndSlots',
  'linkGroups',
] satisfies ChoiceSource[];

/**
 * What the editor may ask while a form is open. Both routes reach only appliances that have been
 * deployed, with the login that was saved for them: without `adminAuth` everyone may call them, so
 * they take no address, give no secret and change nothing.
 */
export function registerAdminRoutes(RED: RuntimeApi): void {
  const mayRead = RED.auth.needsPermission(`${APPLIANCE_TYPE}.read`);
  const mayWrite = RED.auth.needsPermission(`${APPLIANCE_TYPE}.write`);

  // A write, because it uses the login, which the appliance notes in its event log.
  RED.httpAdmin.post(`/${ADMIN_PATH}/:id/test`, mayWrite, (request, response) =>
    answer(RED, request, response, (client, signal) => client.testConnection(signal)),
  );

  RED.httpAdmin.get(`/${ADMIN_PATH}/:id/choices/:source`, mayRead, (request, response) =>
    answer(RED, request, response, async (client, signal) => {
      const { source } = request.params;
      if (source === undefined || !SOURCES.includes(source)) throw unknownSource();
      const query = { path: textOf(request.query.path), search: textOf(request.query.search) };
      const found = await client.choices(source as ChoiceSource, query, signal);
      return found.slice(0, MAX_CHOICES);
    }),
  );
}

/** Owns the promise: whatever goes wrong becomes an answer. */
function answer(
  RED: RuntimeApi,
  request: AdminRequest,
  response: AdminResponse,
  work: (client: AllegroClient, signal: AbortSignal) => Promise<unknown>,
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
    .then(() => {
      const { id } = request.params;
      if (id === undefined || !RED.nodes.getNode(id)) throw NOT_DEPLOYED;
      return work(clientOf(RED, id), ended.signal);
    })
    .then(
      (result) => response.json(result),
      (error: unknown) => {
        if (!isGone) refuse(response, error);
      },
    )
    // Only an answer that cannot be written ends up here, and then nobody is listening.
    .catch(() => undefined);
}

function refuse(response: AdminResponse, thrown: unknown): void {
  const { error } = toNodeFailure(thrown);
  const isInput = thrown instanceof AllegroError && thrown.kind === 'input';
  // What the editor says in its own language.
  const code = thrown === NOT_DEPLOYED ? 'ALLEGRO_NOT_DEPLOYED' : error.code;
  response.status(isInput ? 409 : 502).json({ code, message: error.message });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= 1000 ? value : undefined;
}

const NOT_DEPLOYED = new AllegroError({
  kind: 'input',
  what: 'This appliance has not been deployed yet.',
  advice: 'Deploy first: only then Node-RED knows its address and login.',
});

function silenceError(): AllegroError {
  return new AllegroError({
    kind: 'timeout',
    what: `The appliance did not answer within ${LIMIT_MS / 1000} s.`,
    advice: 'Check the address and the firewalls on the way.',
    canRetry: true,
  });
}

function unknownSource(): AllegroError {
  return new AllegroError({
    kind: 'input',
    what: 'There are no such choices.',
    advice: 'Update the editor page.',
  });
}
