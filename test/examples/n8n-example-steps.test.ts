import { incidentsTrigger } from '../../nodes/definitions/triggers/incidents-trigger';
import { thresholdTrigger } from '../../nodes/definitions/triggers/threshold-trigger';
import { exampleWorkflow } from '../../scripts/examples/example-files';
import { N8nSteps, type Row } from './n8n-steps';

/** What single steps of the examples make of what comes; test/n8n runs the whole of them in n8n. */

describe('02 Incident to Evidence Pack for n8n', () => {
  const events = ['first', 'second', 'third'].map((text, index) => ({
    ...incidentsTrigger.sampleOutput,
    text,
    element: `10.1.2.${index}`,
  }));
  const failures = events
    .slice(1)
    .map((one) => ({ ...one, error: 'THE RING BUFFER IS STILL SUSPENDED' }));
  const told = (paired: number[]) =>
    new N8nSteps(exampleWorkflow('02-evidence-pack'))
      .ran('New Incident', events)
      .ran('Settings', events, { from: 'New Incident' })
      .ran('Freeze Evidence', failures, { from: 'Settings', output: 1, paired })
      .set('What Went Wrong', 'Freeze Evidence', 1);

  it('keeps each incident in a message of its own when its capture fails', () => {
    const messages = told([1, 2]);
    const failed = 'THE RING BUFFER IS STILL SUSPENDED \nNode: Freeze Evidence';
    expect(messages.map(({ text }) => text)).toEqual([`${failed}\nsecond`, `${failed}\nthird`]);
  });

  it('names all incidents of the run where n8n cannot tell whose item it is', () => {
    const [message] = told([7, 8]);
    expect(message!.text).toContain('\nfirst\nsecond\nthird');
  });
});

describe('03 Preserve the Ring Buffer for n8n', () => {
  const steps = new N8nSteps(exampleWorkflow('03-preserve-the-buffer'));

  // n8n runs the branches of an output one after the other, the one that begins highest first.
  it.each([
    ['Suspend', ['Suspended', 'Make Table']],
    ['Reminder', ['Post to Slack', 'Wait Until End']],
  ])('tells Slack before it waits, after %s', (node, inOrder) => {
    const heightOf = (name: string) => (steps.node(name).position as number[])[1]!;
    const branches = steps.next(node, 0).sort((a, b) => heightOf(a) - heightOf(b));
    expect(branches).toEqual(inOrder);
  });
});

describe('07 Worst Call for n8n', () => {
  const steps = new N8nSteps(exampleWorkflow('07-worst-call'));
  it('leaves a call that may still be running for the next hour', () => {
    const call = (id: number, secondsAgo: number, lossPercent: number) => ({
      id,
      lastActivityIso: new Date(Date.now() - secondsAgo * 1000).toISOString(),
      lossPercent,
    });
    const calls = [call(1, 5, 9), call(3, 600, 4), call(2, 3600, 2)];
    expect(steps.code('Worst Call', calls)).toMatchObject([{ id: 3, calls: 2 }]);
  });

  it('says so where no call has a figure, and is silent only without calls', () => {
    const warnings = ['None of 2 RTP connections has a loss.'];
    const lastActivityIso = new Date(Date.now() - 600_000).toISOString();
    const call = { lossPercent: null, lastActivityIso, warnings };
    expect(() => steps.code('Worst Call', [call, call])).toThrow(warnings[0]);
    expect(steps.code('Worst Call', [])).toEqual([]);
    expect(steps.node('Worst Call').onError).toBe('continueErrorOutput');
    expect(steps.next('Worst Call', 1)).toEqual(['What Went Wrong']);
  });
});

describe('08 Daily Digest for n8n', () => {
  const compare = (today: object[]) =>
    new N8nSteps(exampleWorkflow('08-daily-digest'))
      .ran('Last 24 Hours', today as Array<Record<string, unknown>>)
      .ran('Day Before', [{}])
      .code('Compare', [{}]);

  it('goes on to a mail of its own on a day without traffic', () => {
    const steps = new N8nSteps(exampleWorkflow('08-daily-digest'));
    expect(compare([{}])).toEqual([{}]);
    steps.ran('Compare', [{}]);
    expect(steps.condition('Any Traffic?', 'Compare')).toBe('');
    expect(steps.next('Any Traffic?', 1)).toEqual(['No Traffic']);
    expect(steps.next('No Traffic')).toEqual(['Mail the Digest']);
    expect(steps.set('No Traffic', 'Compare')[0]!.html).toContain('No address had any traffic.');
  });

  it('does not take a failure for a day without traffic', () => {
    const steps = new N8nSteps(exampleWorkflow('08-daily-digest'))
      .ran('Last 24 Hours', [{}])
      .ran('Last 24 Hours', [{ error: 'Refused (401).' }], { output: 1 });
    expect(steps.condition('Was It Read?', 'Last 24 Hours')).toBe(1);
  });
});

describe('10 Server-Port Inventory for n8n', () => {
  const host = (ip: string, ...asServer: number[]) => ({ ip, asServer, asClient: [] });
  const unread = (ip: string) => ({ ip, error: 'The appliance answered 500.' });

  it('calls nothing gone or new that could not be read', () => {
    const steps = new N8nSteps(exampleWorkflow('10-port-inventory'));
    const memory = {};
    const week = (...items: object[]) => {
      const found = steps.code('Compare', items as Array<Record<string, unknown>>, memory);
      steps.ran('Compare', found);
      steps.ran('Differences', steps.set('Differences', 'Compare'));
      return String(steps.set('Message', 'Differences')[0]!.text);
    };
    const all = [host('10.1.2.1', 22), host('10.1.2.10', 80, 443), host('fd00::1', 53)];
    expect(week(...all)).toBe('From now on, differences are reported.');
    expect(week(unread('10.1.2.1'), host('10.1.2.10', 80), unread('fd00::1'))).toBe(
      '⚠ Addresses that could not be read: 2 (10.1.2.1, fd00::1)\nGone: 10.1.2.10:443',
    );
    expect(week(host('10.1.2.1', 22), host('10.1.2.10', 80), host('fd00::1', 53))).toBe(
      'Nothing has changed.',
    );
  });
});

describe('09 Threshold Watch for n8n', () => {
  it('keeps each alert in a message of its own when its capture fails', () => {
    const events = ['10.1.2.3', '10.1.2.4', '10.1.2.5'].map((element) => ({
      ...thresholdTrigger.sampleOutput,
      element,
    }));
    const failures = events.slice(1).map((one) => ({ ...one, error: 'Refused (403).' }));
    const messages = new N8nSteps(exampleWorkflow('09-threshold-watch'))
      .ran('Over the Limit', events)
      .ran('Settings', events, { from: 'Over the Limit' })
      .ran('Last Two Minutes', failures, { from: 'Settings', output: 1, paired: [1, 2] })
      .set('What Went Wrong', 'Last Two Minutes', 1);
    expect(messages.map(({ title }) => title)).toEqual([
      'Failed: the packets of 10.1.2.4',
      'Failed: the packets of 10.1.2.5',
    ]);
    expect(messages[0]!.text).toBe(
      `Refused (403). \nNode: Last Two Minutes\n${thresholdTrigger.sampleOutput.text}`,
    );
  });
});

describe('12 AI Triage for n8n', () => {
  it.each([{}, { host: '' }, { host: ' ' }])('captures nothing for %j', (asked) => {
    const steps = new N8nSteps(exampleWorkflow('12-ai-triage')).ran('When Asked for a Capture', [
      asked,
    ]);
    const [settings] = steps.set('Capture Settings', 'When Asked for a Capture');
    steps.ran('Capture Settings', [settings!]);
    expect(steps.condition('Host There?', 'Capture Settings')).toBe('');
    expect(steps.next('Host There?', 1)).toEqual(['No Capture']);
    const [answer] = steps.set('No Capture', 'Capture Settings');
    expect(answer!.error).toBe('No host was named, so nothing was captured.');
  });
});

describe('Alerts to Captures for n8n', () => {
  const saved = exampleWorkflow('scale-out/alerts-to-captures');

  it.each([{}, { ip: '' }, { ip: ' ' }])('refuses an alert with %j, and tells somebody', (part) => {
    const steps = new N8nSteps(saved).ran('Alert', [{ body: { id: 'A-1', ...part } }]);
    expect(steps.condition('Host There?', 'Alert')).toBe('');
    expect(steps.next('Host There?', 1)).toEqual(['Refuse']);
    expect(steps.node('Refuse').parameters.options).toEqual({ responseCode: 400 });
    expect(steps.next('Refuse')).toEqual(['No Host']);
    expect(steps.next('No Host')).toEqual(['Tell Somebody']);
    steps.ran('No Host', steps.set('No Host', 'Alert'));
    const [{ text }] = steps.set('Tell Somebody', 'No Host');
    expect(text).toMatch(/^No capture for alert A-1 after 0 attempts: It names no IP address/);
  });

  describe('a row that is overdue', () => {
    const overdue = { alertId: 'A-1', time: '', ip: '', takenAt: Date.now() - 91_000, error: '' };
    const row = (state: string, attempts: number) => ({ ...overdue, state, attempts });
    const found = (steps: N8nSteps, node: string, one: Row) =>
      steps.finds(node, 'Every Minute', one);

    it.each([
      // A worker that is killed on its third attempt leaves the state of the attempt before.
      ['accepted', 1, 'Overdue Alerts'],
      ['failed', 2, 'Overdue Alerts'],
      ['accepted', 3, 'Lost on the Last Attempt'],
      ['failed', 3, 'Lost on the Last Attempt'],
      ['stored', 3, undefined],
      ['given up', 3, undefined],
    ])('is found as %s after %d attempts by %s', (state, attempts, by) => {
      const steps = new N8nSteps(saved).ran('Every Minute', [{}]);
      const rounds = steps.next('Every Minute');
      const finding = rounds.filter((node) => found(steps, node, row(state, attempts)));
      expect(finding).toEqual(by ? [by] : []);
    });

    it('is told to somebody once when its last attempt was lost', () => {
      const lost = row('accepted', 3);
      const steps = new N8nSteps(saved).ran('Lost on the Last Attempt', [lost]);
      expect(steps.next('Lost on the Last Attempt')).toEqual(['Give Up']);
      expect(steps.finds('Give Up', 'Lost on the Last Attempt', lost)).toBe(true);
      const { columns } = steps.node('Give Up').parameters as unknown as {
        columns: { value: Partial<Row> };
      };
      const marked = { ...lost, ...columns.value };
      // Neither another round at the same time, nor the next one.
      expect(steps.finds('Give Up', 'Lost on the Last Attempt', marked)).toBe(false);
      expect(steps.finds('Lost on the Last Attempt', 'Lost on the Last Attempt', marked)).toBe(
        false,
      );
      expect(steps.next('Give Up')).toEqual(['Tell Somebody']);
      steps.ran('Give Up', [marked]);
      const [{ text }] = steps.set('Tell Somebody', 'Give Up');
      expect(text).toBe(
        'No capture for alert A-1 after 3 attempts: the last one was lost with its worker',
      );
    });

    it('is marked as well when its last attempt failed', () => {
      const steps = new N8nSteps(saved);
      expect(steps.next('Given Up?')).toEqual(['Give Up']);
    });
  });
});
