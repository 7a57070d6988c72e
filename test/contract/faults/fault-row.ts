import type { ErrorKind } from '../../../client';
import type { Fault, FaultKind, Simulator } from '../../../simulator';
import type { Switches } from '../../../simulator/switches';
import { OPERATION_NAMES, OPERATIONS, type OperationName } from '../support/operations';

/** What has to come out. */
export type Outcome =
  | { ok: true; check?(result: unknown, simulator: Simulator): void }
  | { kind: ErrorKind; says: RegExp; status?: number };

export interface FaultRow {
  fault: string;
  operation: OperationName;
  arrange(simulator: Simulator): void | Promise<void>;
  outcome: Outcome;
  /** How often the request that the fault meets is sent; at most, where that depends on timing. */
  requests: number | { atMost: number };
  /** It waits for a limit of minutes, so its clock may run faster still. */
  isLong?: boolean;
}

/** Those that last until a fault has had its way: a short live capture has rows of its own. */
export const COMMON = OPERATION_NAMES.filter((name) => name !== 'capture live for a moment');

/** A POST is never sent again, and never redirected. */
export const POSTS = COMMON.filter((name) => OPERATIONS[name].method === 'POST');
export const READS = COMMON.filter((name) => OPERATIONS[name].method !== 'POST');

/** A GET is tried four times, a POST once. A live capture has begun with its first answer. */
export const tries = (name: OperationName) => (OPERATIONS[name].method === 'POST' ? 1 : 4);

/** Puts a fault on the request that an operation is about. */
export function on(operation: OperationName, fault: Fault): (simulator: Simulator) => void {
  const { path, method } = OPERATIONS[operation];
  return ({ faults }) => faults.add({ path, method, ...fault });
}

/** Status 200 with a body of one's own. */
export function answer(body: string | Buffer, type: string): Fault {
  return { kind: 'answer', status: 200, headers: { 'Content-Type': type }, body };
}
export const html = (body: string) => answer(body, 'text/html');
export const json = (body: string) => answer(body, 'application/json');

/** Makes the appliance another one. */
export const set =
  (switches: Partial<Switches>) =>
  (simulator: Simulator): void =>
    void Object.assign(simulator.switches, switches);

export const WORKS: Outcome = { ok: true };
export const works = (check: (result: never, simulator: Simulator) => void): Outcome => ({
  ok: true,
  check: check as (result: unknown, simulator: Simulator) => void,
});
export const fails = (kind: ErrorKind, says: RegExp, status?: number) => ({ kind, says, status });

/** A fault on the request of an operation, or what else is arranged; one request if not told. */
export type Told = [
  fault: string,
  arrange: (FaultKind & { times?: number }) | FaultRow['arrange'],
  outcome: Outcome,
  requests?: FaultRow['requests'],
  isLong?: boolean,
];

export function rowsOf(operations: readonly OperationName[], told: Told[]): FaultRow[] {
  return operations.flatMap((operation) =>
    told.map(([fault, arrange, outcome, requests = 1, isLong]) => ({
      ...{ fault, operation, outcome, requests, isLong },
      arrange: typeof arrange === 'function' ? arrange : on(operation, arrange),
    })),
  );
}

/** Checks how often the request that a fault meets was sent. */
export function expectRequests({ requests }: FaultRow, met: readonly unknown[]): void {
  if (typeof requests === 'number') expect(met).toHaveLength(requests);
  else expect(met.length).toBeLessThanOrEqual(requests.atMost);
}

/** The kind of an outcome in a word: of the error, or "works". */
export function kindOf(outcome: Outcome | 'works'): string {
  return outcome === 'works' || 'ok' in outcome ? 'works' : outcome.kind;
}
