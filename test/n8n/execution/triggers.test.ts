import type { IPollFunctions } from 'n8n-workflow';
import { pollOnce } from '../../../n8n/execution/poll';
import { testPushSecret } from '../../../n8n/execution/webhook';
import { AllegroMultimeterTrigger } from '../../../nodes/AllegroMultimeterTrigger/AllegroMultimeterTrigger.node';
import { pollTriggers } from '../../../nodes/definitions/triggers';
import type { RunContext } from '../../../nodes/definitions/model/run-context';
import type { PollTrigger, TriggerState } from '../../../nodes/definitions/triggers/trigger';

const STATE: TriggerState = { version: 1, subject: 'test', seen: ['a'] };

interface FakeHost {
  host: IPollFunctions;
  staticData: Record<string, unknown>;
}

function fakeHost(parameters: Record<string, unknown> = {}, mode = 'trigger'): FakeHost {
  const staticData: Record<string, unknown> = {};
  const values: Record<string, unknown> = {
    authentication: 'token',
    triggerOn: 'testTrigger',
    ...parameters,
  };
  const host = {
    getNode: () => ({ id: 'n', name: 'Trigger', type: 't', typeVersion: 1, parameters: {} }),
    getWorkflow: () => ({ id: 'w', name: 'W', active: true }),
    getExecutionId: () => '',
    getTimezone: () => 'Europe/Berlin',
    getMode: () => mode,
    getPollBudgetMs: () => 1000,
    getNodeParameter: (name: string, fallback: unknown) => values[name] ?? fallback,
    getWorkflowStaticData: () => staticData,
    getCredentials: async () => ({ baseUrl: 'https://allegro.example', token: 't' }),
    logger: { debug: () => undefined, warn: () => undefined },
    helpers: {},
  } as unknown as IPollFunctions;
  return { host, staticData };
}

function triggerWith(parts: Partial<PollTrigger>): PollTrigger {
  return { ...pollTriggers[0]!, name: 'testTrigger', fields: [], ...parts };
}

const EVENTS = ['1', '2'].map((eventId) => ({
  eventId,
  event: 'raised',
  text: 'All traffic has 2 Mbit/s.',
  alertTime: '2026-11-23T15:50:00.000Z',
}));
const outcome = (events = EVENTS) => ({ state: STATE, events, summary: { watched: 1, active: 0 } });

describe('a poll in n8n', () => {
  it('starts one run with all events as items, and keeps the state', async () => {
    const { host, staticData } = fakeHost();
    const result = await pollOnce(host, [triggerWith({ poll: async () => outcome() })]);
    expect(result).toEqual([EVENTS.map((json) => ({ json }))]);
    expect(staticData.state).toEqual(STATE);
  });

  it('starts nothing without events, and keeps the state', async () => {
    const { host, staticData } = fakeHost();
    expect(await pollOnce(host, [triggerWith({ poll: async () => outcome([]) })])).toBeNull();
    expect(staticData.state).toEqual(STATE);
  });

  it('hands over what was kept, as a copy', async () => {
    const { host, staticData } = fakeHost();
    staticData.state = STATE;
    const poll = jest.fn(async (..._: unknown[]) => outcome([]));
    await pollOnce(host, [triggerWith({ poll })]);
    const [, , known] = poll.mock.calls[0]!;
    expect(known).toEqual(STATE);
    expect(known).not.toBe(STATE);
  });

  it('asks what is sure of a state from the store, and goes on with one that it left itself', async () => {
    const { host, staticData } = fakeHost();
    const known: unknown[] = [];
    const trigger = triggerWith({
      restored: (_, state) => ({ ...state, isSure: true }),
      async poll(_context, _values, state) {
        known.push(state);
        return outcome([]);
      },
    });
    await pollOnce(host, [trigger]);
    await pollOnce(host, [trigger]);
    // What n8n had stored before the two polls, as after a restart.
    staticData.state = STATE;
    staticData.poll = 'of another process';
    await pollOnce(host, [trigger]);
    expect(known).toStrictEqual([undefined, STATE, { ...STATE, isSure: true }]);
  });

  it('keeps the old state when it fails', async () => {
    const { host, staticData } = fakeHost();
    staticData.state = STATE;
    const poll = async () => {
      throw new Error('Broken');
    };
    await expect(pollOnce(host, [triggerWith({ poll })])).rejects.toThrow('Broken');
    expect(staticData.state).toBe(STATE);
    // And the next one runs.
    expect(await pollOnce(host, [triggerWith({ poll: async () => outcome() })])).not.toBeNull();
  });

  it('ends a poll that holds on, says so, and runs the next one', async () => {
    const { host, staticData } = fakeHost();
    (host as { getPollBudgetMs(): number }).getPollBudgetMs = () => 50;
    staticData.state = STATE;
    const hold = async ({ signal }: RunContext) => {
      await new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
      return outcome();
    };
    await expect(pollOnce(host, [triggerWith({ poll: hold })])).rejects.toMatchObject({
      message: expect.stringContaining('The poll took longer than 0.05 s'),
    });
    expect(staticData.state).toBe(STATE);
    expect(await pollOnce(host, [triggerWith({ poll: async () => outcome() })])).not.toBeNull();
  });

  it('does not overlap with itself', async () => {
    const { host } = fakeHost();
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const poll = jest.fn(async () => {
      await finished;
      return outcome();
    });
    const first = pollOnce(host, [triggerWith({ poll })]);
    expect(await pollOnce(host, [triggerWith({ poll })])).toBeNull();
    finish();
    expect(await first).not.toBeNull();
    expect(poll).toHaveBeenCalledTimes(1);
  });

  it('shows events in a test, and changes no state', async () => {
    const { host, staticData } = fakeHost({}, 'manual');
    const poll = jest.fn();
    const trigger = triggerWith({ poll, preview: async () => EVENTS });
    expect(await pollOnce(host, [trigger])).toEqual([EVENTS.map((json) => ({ json }))]);
    expect(poll).not.toHaveBeenCalled();
    expect(staticData).toEqual({});
  });

  it('yields nothing in a test without events, which is no error', async () => {
    const { host } = fakeHost({}, 'manual');
    const trigger = triggerWith({ preview: async () => [] });
    expect(await pollOnce(host, [trigger])).toBeNull();
  });

  it.each([
    [{ limit: 'much' }, 'is not a number: "much".'],
    [{ limit: '1.500' }, 'is ambiguous: "1.500".'],
    [{ limit: '100 MB' }, 'is in bit/s, and does not take "100 MB".'],
    [{ limit: '2 h', measure: 'packetsPerSecond' }, 'is in packets/s, and does not take "2 h".'],
    [{ limit: '9 MB', watched: 'buffer' }, 'is in h, and does not take "9 MB".'],
    [{ limit: '5 s', watched: 'tcpScore' }, 'does not take the unit of "5 s".'],
  ])('refuses %j before any request', async (values, problem) => {
    const { host } = fakeHost({ triggerOn: 'thresholdTrigger', ...values });
    await expect(pollOnce(host, pollTriggers)).rejects.toThrow(`"Threshold" ${problem}`);
  });

  it('names the triggers there are when there is none of that name', async () => {
    const { host } = fakeHost({ triggerOn: 'other' });
    await expect(pollOnce(host, pollTriggers)).rejects.toMatchObject({
      message: 'There is no trigger "other".',
      description: expect.stringContaining('thresholdTrigger'),
    });
  });
});

describe.each(pollTriggers.map((trigger) => [trigger.label, trigger] as const))(
  '%s in the form of the trigger node',
  (_, { name, action }) => {
    const { properties, polling } = new AllegroMultimeterTrigger().description;
    it('can be chosen by its sentence', () => {
      expect(polling).toBe(true);
      const choice = properties.find((property) => property.name === 'triggerOn')!;
      expect(choice.options).toContainEqual(expect.objectContaining({ value: name, action }));
    });
  },
);

describe('the test of a push secret', () => {
  const test = (secret: string) =>
    testPushSecret({ id: '', name: 'Push', type: 'allegroMultimeterPushApi', data: { secret } });

  it('passes one that needs no encoding in a URL', async () => {
    expect(await test(' a-long_and.random~secret-4711 ')).toMatchObject({ status: 'OK' });
  });

  it.each([
    ['cut off at a sign', 'sixteen-letters&more'],
    ['cut off at a hash', 'sixteen-letters#more'],
    ['with a blank for a plus', 'sixteen-letters+more'],
    ['decoded once more', 'sixteen-letters%41'],
    ['with letters beyond ASCII', 'sechzehn-lange-Schlüssel'],
  ])('says what would come in %s', async (_, secret) => {
    const { status, message } = await test(secret);
    expect([status, message]).toEqual([
      'Error',
      expect.stringContaining('letters, digits, hyphens and underscores'),
    ]);
    expect(message).not.toContain(secret);
  });
});
