import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formFields } from '../../node-red/editor/editor-field';
import { definitions } from '../../nodes/definitions';
import { triggers } from '../../nodes/definitions/triggers';
import {
  describeExample,
  EXAMPLES,
  exampleFlow,
  exampleNames,
  exampleText,
  exampleWorkflow,
  HOSTS,
  type Host,
  indexPage,
} from '../../scripts/examples/example-files';
import {
  normalized,
  normalizeFlow,
  normalizeWorkflow,
} from '../../scripts/examples/normalize-examples';
import { walk } from './walk';

/** Examples for several processes are as different as the hosts are. */
const isNumbered = (name: string) => !name.startsWith('scale-out/');
const FILES = HOSTS.flatMap((host) => exampleNames(host).map((name) => ({ host, name })));

/** What the nodes call themselves and their fields. */
const LABELS = [...definitions, ...triggers].flatMap((one) => [
  one.label,
  ...formFields(one).map(({ label }) => label),
]);
/** What notes name besides: nodes to put in, and words of the editors. */
const OF_THE_HOSTS: Record<Host, string[]> = {
  n8n: [
    ...['AWS S3', 'S3', 'Email Trigger (IMAP)', 'Download Attachments'],
    ...['Error Workflow', 'Fetch Test Event', 'Jira Version'],
  ],
  'node-red': ['Manage palette'],
};

function notesOf(host: Host, name: string): string[] {
  if (host === 'node-red') return exampleFlow(name).map(({ info }) => String(info ?? ''));
  const notes = exampleWorkflow(name).nodes.filter(({ type }) => type.endsWith('.stickyNote'));
  return notes.map(({ parameters }) => String(parameters.content));
}

describe('the examples', () => {
  it('are the same in both hosts, each with a number of its own', () => {
    const names = exampleNames('n8n').filter(isNumbered);
    expect(exampleNames('node-red').filter(isNumbered)).toEqual(names);
    const numbers = names.map((name) => /^(\d\d)-[a-z0-9-]+$/.exec(name)?.[1]);
    expect(numbers).not.toContain(undefined);
    expect(new Set(numbers).size).toBe(names.length);
  });

  it.each(exampleNames('n8n').filter(isNumbered))('%s has one title in both hosts', (name) => {
    const [n8n, nodeRed] = HOSTS.map((host) => describeExample(host, name).title);
    expect(n8n!.toLowerCase()).toBe(nodeRed!.toLowerCase());
    expect(n8n!.slice(0, 3)).toBe(`${name.slice(0, 2)} `);
  });

  it('have an index that is current (npm run examples)', () => {
    expect(readFileSync(join(EXAMPLES, 'README.md'), 'utf8')).toBe(indexPage());
    for (const { host, name } of FILES) expect(indexPage()).toContain(`(${host}/${name}.json)`);
  });

  it('are formatted (npm run examples)', () => {
    const prettier = join(__dirname, '../../node_modules/prettier/bin/prettier.cjs');
    const { stdout, stderr } = spawnSync(process.execPath, [
      prettier,
      '--list-different',
      EXAMPLES,
    ]);
    expect([String(stdout), String(stderr)]).toEqual(['', '']);
  });
});

describe.each(FILES)('$host/$name', ({ host, name }) => {
  it('is normalized (npm run examples)', () => {
    // As text, because the order of keys counts.
    const text = exampleText(host, name);
    expect(JSON.stringify(normalized(host, name))).toBe(JSON.stringify(JSON.parse(text)));
  });

  it('names in its notes only what there is', () => {
    const names = walk(JSON.parse(exampleText(host, name)))
      .filter(({ key, value }) => key === 'name' && typeof value === 'string')
      .map(({ value }) => String(value));
    const known = new Set([...names, ...LABELS, ...OF_THE_HOSTS[host]]);
    const said = notesOf(host, name).flatMap((note) =>
      [...note.replace(/`[^`]*`/g, '').matchAll(/(?<!\w)_([^_\n]+)_(?!\w)/g)].map(
        ([, one]) => one!,
      ),
    );
    expect(said.filter((one) => !known.has(one))).toEqual([]);
  });

  it('holds no secret, and nothing of the person who made it', () => {
    const text = exampleText(host, name);
    expect(text).not.toMatch(/hooks\.slack\.com\/services\/(?!REPLACE\/WITH\/YOURS)/);
    expect(text).not.toMatch(/-----BEGIN|\bBearer [\w-]|\beyJ[\w-]{10}|\bxox[abps]-|\bsk-\w{16}/);
    expect(text).not.toMatch(/cachedResult|"instanceId"|"versionId"|"staticData"/);
    for (const [, domain] of text.matchAll(/[\w.]+@([\w-]+\.[\w.-]+)/g)) {
      expect(domain).toMatch(/^example\.(com|org|net)$/);
    }
    for (const { key, value } of walk(JSON.parse(text))) {
      const isSecret = /^(password|secret|api_?key|access_?token)$/i.test(key);
      if (isSecret) expect([key, value]).toEqual([key, '']);
    }
  });
});

describe('npm run examples', () => {
  it('undoes what another n8n adds to a workflow, and keeps what was changed', () => {
    const saved = exampleWorkflow('02-evidence-pack');
    const exported = structuredClone(saved);
    Object.assign(exported, {
      id: 'aB3',
      versionId: 'c0ffee',
      active: true,
      tags: [{ id: '1', name: 'mine' }],
      staticData: { 'node:New Incident': { last: 1 } },
      meta: { instanceId: 'f00d' },
    });
    Object.assign(exported.settings!, { errorWorkflow: 'aB4', callerPolicy: 'any' });
    exported.nodes.reverse();
    for (const node of exported.nodes) {
      node.id = `new ${String(node.id)}`;
      if (node.webhookId) node.webhookId = 'new';
      for (const type of Object.keys(node.credentials ?? {})) {
        node.credentials![type] = { id: '17', name: 'Mine' };
      }
    }
    const settings = exported.nodes.find(({ name }) => name === 'Settings')!;
    const { assignments } = settings.parameters.assignments as {
      assignments: Array<{ id: string; name: string; value: unknown }>;
    };
    for (const one of assignments) one.id = 'new';
    assignments.find(({ name }) => name === 'slackWebhook')!.value =
      'https://hooks.slack.com/T/B/1';
    assignments.find(({ name }) => name === 'secondsBefore')!.value = 90;
    settings.position = [17, 18];
    const again = normalizeWorkflow(exported);
    const [before, after] = [saved, again].map(({ nodes, ...rest }) => ({
      ...rest,
      nodes: Object.fromEntries(nodes.map((node) => [node.name, node])),
    }));
    const expected = structuredClone(before!);
    const { parameters } = expected.nodes.Settings!;
    const kept = (parameters.assignments as { assignments: typeof assignments }).assignments;
    kept.find(({ name }) => name === 'secondsBefore')!.value = 90;
    expected.nodes.Settings!.position = [17, 18];
    expect(after).toEqual(expected);
  });

  it('names a data table by its name, whatever its ID is in an n8n', () => {
    const saved = exampleWorkflow('scale-out/freeze-with-deadline');
    const exported = structuredClone(saved);
    for (const { parameters } of exported.nodes) {
      if (!parameters.dataTableId) continue;
      const cachedResultName = (parameters.dataTableId as { value: string }).value;
      const cachedResultUrl = '/projects/1/datatables/x';
      parameters.dataTableId = {
        __rl: true,
        mode: 'list',
        value: 'x',
        cachedResultName,
        cachedResultUrl,
      };
    }
    expect(normalizeWorkflow(exported)).toEqual(saved);
  });

  it('undoes what another Node-RED adds to a flow, and keeps what was changed', () => {
    const name = '02-evidence-pack';
    const saved = exampleFlow(name);
    const ids = saved.map(({ id }) => id);
    // An import gives each node another ID; an export has configuration at its end.
    const text = ids.reduce(
      (all, id, index) => all.replaceAll(`"${id}"`, `"other${index}"`),
      JSON.stringify(saved),
    );
    const exported = JSON.parse(text) as typeof saved;
    const node = (type: string) => exported.find((one) => one.type === type)!;
    Object.assign(node('allegro-multimeter-appliance'), {
      name: 'Lab',
      baseUrl: 'https://10.0.0.1',
      credentials: { token: 'real' },
    });
    const env = node('tab').env as Array<{ name: string; value: string }>;
    env.find(({ name: own }) => own === 'SLACK_WEBHOOK')!.value = 'https://hooks.slack.com/T/B/1';
    (node('global-config').modules as Record<string, string>)['@allegro-multimeter/node-red'] = '1';
    const freeze = node('allegro-multimeter-freeze-evidence');
    delete freeze.maxPackets;
    Object.assign(freeze, { x: 17, y: 18, secondsBefore: '90' });
    exported.sort((a, b) => Number(a.x === undefined) - Number(b.x === undefined));
    const expected = structuredClone(saved);
    Object.assign(
      expected.find(({ type }) => type === freeze.type)!,
      { x: 17, y: 18, secondsBefore: '90' },
    );
    expect(normalizeFlow(name, exported)).toEqual(expected);
  });
});
