import { AllegroClient, AllegroError, type ErrorKind, type Transport } from '../../../client';
import { startSimulator, type Simulator } from '../../../simulator';
import { certificate, type Pair } from '../support/certificates';
import { fastContext } from '../support/fast-context';
import { useQuickResolver } from '../support/quick-resolver';
import { waitUntil } from '../support/wait-until';
import { listen, RAW_ANSWERS } from './raw-answers';

const TOKEN = 'demo-token';
/** Four tries with their pauses, or a limit of a minute, by a clock that runs 30 times as fast. */
const LONGEST_MS = 100_000;

interface Login {
  baseUrl: string;
  token: string;
  caCertificate: string;
  ignoreCertificateErrors: boolean;
}
export type MakeTransportFor = (login: Login) => { transport: Transport; destroy(): void };

interface Row {
  /** What the appliance has, and what was entered for it. */
  appliance:
    | keyof Appliances
    | keyof typeof RAW_ANSWERS
    | 'nobody'
    | 'an unknown name'
    | 'a mute port'
    | 'HTTPS at an http URL';
  entered:
    | 'nothing'
    | 'its certificate'
    | 'the authority'
    | 'another authority'
    | 'the intermediate'
    | 'its leaf'
    | 'leaf and intermediate'
    | 'ignore errors';
  outcome: 'works' | { kind: ErrorKind; says: RegExp };
}

interface Appliances {
  'self-signed': Simulator;
  'signed by an authority': Simulator;
  'signed by an intermediate': Simulator;
  'issued for a different name': Simulator;
  expired: Simulator;
  'plain HTTP at an https URL': Simulator;
}

/** Whose certificate was entered, and whose is missing. */
const untrustedFor = (subject: string, issuer: string) => ({
  kind: 'certificate' as const,
  says: new RegExp(`of "CN=${subject}" was issued by "CN=${issuer}"`),
});
const untrusted = { kind: 'certificate' as const, says: /not trusted.*CA Certificate/s };

/** Every state of a connection that is known here, with what a person entered for it. */
export const CONNECTION_ROWS: Row[] = [
  { appliance: 'self-signed', entered: 'nothing', outcome: untrusted },
  { appliance: 'self-signed', entered: 'its certificate', outcome: 'works' },
  { appliance: 'self-signed', entered: 'another authority', outcome: untrusted },
  { appliance: 'self-signed', entered: 'ignore errors', outcome: 'works' },
  { appliance: 'signed by an authority', entered: 'nothing', outcome: untrusted },
  { appliance: 'signed by an authority', entered: 'the authority', outcome: 'works' },
  { appliance: 'signed by an authority', entered: 'another authority', outcome: untrusted },
  { appliance: 'signed by an intermediate', entered: 'the authority', outcome: 'works' },
  { appliance: 'signed by an intermediate', entered: 'another authority', outcome: untrusted },
  ...(
    [
      ['its leaf', 'branch', 'intermediate'],
      ['the intermediate', 'intermediate', 'authority'],
      ['leaf and intermediate', 'intermediate', 'authority'],
    ] as const
  ).map(([entered, subject, issuer]) => ({
    appliance: 'signed by an intermediate' as const,
    entered,
    outcome: untrustedFor(subject, issuer),
  })),
  {
    appliance: 'issued for a different name',
    entered: 'the authority',
    outcome: { kind: 'certificate', says: /issued for a different name/ },
  },
  { appliance: 'issued for a different name', entered: 'ignore errors', outcome: 'works' },
  {
    appliance: 'expired',
    entered: 'the authority',
    outcome: { kind: 'certificate', says: /has expired/ },
  },
  { appliance: 'expired', entered: 'ignore errors', outcome: 'works' },
  {
    appliance: 'plain HTTP at an https URL',
    entered: 'ignore errors',
    outcome: { kind: 'badAnswer', says: /port .* does not speak HTTPS/ },
  },
  {
    appliance: 'HTTPS at an http URL',
    entered: 'nothing',
    outcome: { kind: 'unreachable', says: /begins with http:.*begin it with https:/ },
  },
  ...(
    [
      'HTTP/1.0, to the end of the connection',
      'interim responses before it',
      'chunks with extensions and a trailer',
    ] as const
  ).map((appliance) => ({ appliance, entered: 'nothing' as const, outcome: 'works' as const })),
  ...(
    [
      ['a part', 'incomplete', /only a part of what was requested/],
      ['a length and chunks', 'badAnswer', /Malformed response.*HPE_/],
      ['two lengths', 'badAnswer', /Malformed response.*HPE_/],
      ['bare line feeds', 'badAnswer', /Malformed response.*HPE_/],
      ['a header of 20 kB', 'badAnswer', /Malformed response.*HPE_HEADER_OVERFLOW/],
      ['an SSH banner', 'badAnswer', /Malformed response.*HPE_/],
      ['an alert of TLS', 'badAnswer', /speaks HTTPS, but the URL begins with http:/],
      ['a page for HTTP at an HTTPS port', 'badAnswer', /speaks HTTPS, but the URL begins/],
      ["a proxy's 407", 'refused', /proxy .* requires a login .*HTTPS_PROXY/],
    ] as const
  ).map(([appliance, kind, says]) => ({
    appliance,
    entered: 'nothing' as const,
    outcome: { kind, says },
  })),
  {
    appliance: 'nobody',
    entered: 'nothing',
    outcome: { kind: 'unreachable', says: /ECONNREFUSED/ },
  },
  {
    appliance: 'an unknown name',
    entered: 'nothing',
    outcome: { kind: 'unreachable', says: /name of the appliance cannot be resolved/ },
  },
  {
    appliance: 'a mute port',
    entered: 'ignore errors',
    outcome: { kind: 'timeout', says: /did not respond within 60 s/ },
  },
];

/** Runs what can go wrong before the first byte of HTTP, over a transport. */
export function describeConnectionMatrix(name: string, makeTransport: MakeTransportFor): void {
  describe(`connections over ${name}`, () => {
    const urls = new Map<string, string>();
    const tries = new Map<string, number>();
    const closing: Array<() => Promise<unknown>> = [];
    let authority: Pair;
    let another: Pair;
    let own: Pair;
    let intermediate: Pair;
    let leaf: Pair;

    beforeAll(async () => {
      [authority, another, own] = await Promise.all(
        ['authority', 'another authority', 'appliance'].map((one) => certificate(one)),
      );
      intermediate = await certificate('intermediate', { ca: authority, isAuthority: true });
      leaf = await certificate('branch', { ca: intermediate });
      const wrongName = [{ type: 2 as const, value: 'elsewhere.example' }];
      const certificates: Record<keyof Appliances, Pair | undefined> = {
        'self-signed': own,
        'signed by an authority': await certificate('appliance', { ca: authority }),
        'signed by an intermediate': { ...leaf, cert: `${leaf.cert}\n${intermediate.cert}` },
        'issued for a different name': await certificate('b', {
          ca: authority,
          altNames: wrongName,
        }),
        expired: await certificate('c', { ca: authority, isExpired: true }),
        'plain HTTP at an https URL': undefined,
      };
      for (const [appliance, pair] of Object.entries(certificates)) {
        const simulator = await startSimulator({
          historySeconds: 5,
          ...(pair ? { certificate: pair } : { http: true }),
        });
        urls.set(appliance, simulator.url.replace('http:', 'https:'));
        closing.push(() => simulator.close());
      }
      const mute = await listen();
      closing.push(() => mute.close());
      urls.set('a mute port', `https://127.0.0.1:${mute.port}`);
      for (const [name, answer] of Object.entries(RAW_ANSWERS)) {
        const raw = await listen((socket) => {
          tries.set(name, (tries.get(name) ?? 0) + 1);
          socket.once('data', () => socket.end(answer));
        });
        closing.push(() => raw.close());
        urls.set(name, `http://127.0.0.1:${raw.port}`);
      }
      urls.set('HTTPS at an http URL', urls.get('self-signed')!.replace('https:', 'http:'));
      urls.set('nobody', 'https://127.0.0.1:9');
      urls.set('an unknown name', 'https://allegro-mm.invalid');
    });
    afterAll(async () => {
      for (const close of closing) await close();
    });
    useQuickResolver();

    const caOf = (entered: Row['entered']) =>
      ({
        nothing: '',
        'ignore errors': '',
        'its certificate': own.cert,
        'the authority': authority.cert,
        'another authority': another.cert,
        'the intermediate': intermediate.cert,
        'its leaf': leaf.cert,
        'leaf and intermediate': `${leaf.cert}\n${intermediate.cert}`,
      })[entered];

    it.each(CONNECTION_ROWS.map((row) => [row.appliance, row.entered, row] as const))(
      '%s, with %s entered',
      async (appliance, entered, { outcome }) => {
        const { transport, destroy } = makeTransport({
          baseUrl: urls.get(appliance)!,
          token: TOKEN,
          caCertificate: caOf(entered),
          ignoreCertificateErrors: entered === 'ignore errors',
        });
        const context = fastContext();
        const client = new AllegroClient({ transport, context });
        const startedAt = performance.now();
        try {
          const result = await client.time({ signal: AbortSignal.timeout(100_000) }).then(
            () => 'works' as const,
            (error: unknown) => error,
          );
          expect(performance.now() - startedAt).toBeLessThan(LONGEST_MS);
          await waitUntil(() => context.sleeping === 0);
          if (outcome === 'works') {
            expect(result).toBe('works');
            return;
          }
          expect(result).toBeInstanceOf(AllegroError);
          const { kind, message } = result as AllegroError;
          expect(`${kind}: ${message}`).toMatch(outcome.says);
          expect(kind).toBe(outcome.kind);
          if (appliance in RAW_ANSWERS) expect(tries.get(appliance)).toBe(1);
          expect(JSON.stringify(result)).not.toContain(TOKEN);
        } finally {
          destroy();
        }
      },
    );

    it('follows a redirect within the appliance, with the login', async () => {
      const simulator = await startSimulator({ historySeconds: 5, certificate: own });
      simulator.faults.add({
        path: '/API/stats/time',
        kind: 'answer',
        status: 307,
        headers: { Location: '/API/stats/time?again=1' },
        times: 1,
      });
      const { transport, destroy } = makeTransport(loginFor(simulator.url));
      const client = new AllegroClient({ transport, context: fastContext() });
      const { milliseconds } = await client.time({ signal: AbortSignal.timeout(100_000) });
      expect(milliseconds).toBeGreaterThan(0);
      expect(simulator.requests.map(({ isAuthorized }) => isAuthorized)).toEqual([true, true]);
      destroy();
      await simulator.close();
    });

    it.each([302, 307])('carries no login to another origin (%d)', async (status) => {
      const [simulator, elsewhere] = await Promise.all([
        startSimulator({ historySeconds: 5, certificate: own }),
        startSimulator({ historySeconds: 5, certificate: own }),
      ]);
      const Location = `${elsewhere.url}/API/stats/time`;
      simulator.faults.add({ kind: 'answer', status, headers: { Location } });
      const { transport, destroy } = makeTransport(loginFor(simulator.url));
      const client = new AllegroClient({ transport, context: fastContext() });
      await expect(client.time({ signal: AbortSignal.timeout(100_000) })).rejects.toMatchObject({
        kind: 'refused',
      });
      expect(elsewhere.requests).toEqual([]);
      destroy();
      await Promise.all([simulator.close(), elsewhere.close()]);
    });

    const loginFor = (baseUrl: string): Login => ({
      baseUrl,
      token: TOKEN,
      caCertificate: own.cert,
      ignoreCertificateErrors: false,
    });
  });
}
