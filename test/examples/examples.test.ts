import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE } from '../../scripts/examples/catalogue';
import { exampleFiles } from '../../scripts/examples/files';
import { N8N_EXAMPLES } from '../../scripts/examples/n8n';
import { NODE_RED_EXAMPLES } from '../../scripts/examples/node-red';
import type { FlowNode } from '../../scripts/examples/node-red-flow';

const ROOT = join(__dirname, '../..');
const NAMES = CATALOGUE.map(({ name }) => name);

/** Node-RED's own nodes that the examples use; the one package beside ours is node-red-node-email. */
const CORE = new Set([
  ...['tab', 'comment', 'inject', 'debug', 'catch', 'switch', 'change', 'function', 'template'],
  ...['http in', 'http request', 'http response', 'csv', 'json', 'file', 'file in', 'watch'],
  ...['delay', 'trigger', 'link in', 'link out'],
]);

/** At a form: what the person there gets in place of a result. */
const ANSWERS_OF_ERRORS = ['Answer with the error', 'Say it failed'];

describe('the numbered examples', () => {
  it('are twelve, for both hosts', () => {
    expect(NAMES).toHaveLength(12);
    expect(Object.keys(N8N_EXAMPLES)).toEqual(NAMES);
    expect(Object.keys(NODE_RED_EXAMPLES)).toEqual(NAMES);
  });

  it('are what scripts/examples makes, their index included (npm run examples)', () => {
    for (const [path, text] of exampleFiles()) {
      expect({ path, text: readFileSync(join(ROOT, path), 'utf8') }).toEqual({ path, text });
    }
  });

  it('are all in the index, with the others', () => {
    const index = readFileSync(join(ROOT, 'examples/README.md'), 'utf8');
    for (const host of ['n8n', 'node-red']) {
      const folder = join(ROOT, 'examples', host);
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      for (const file of files.filter((name) => name.endsWith('.json'))) {
        expect(index).toContain(`(${host}/${file})`);
      }
    }
  });
});

describe.each(NAMES)('%s for n8n', (name) => {
  const { nodes, connections, pinData } = N8N_EXAMPLES[name]().build();
  const others = nodes.filter(({ type }) => type !== 'n8n-nodes-base.stickyNote');

  it("uses n8n's own nodes and ours", () => {
    for (const { type } of nodes) {
      expect(type).toMatch(
        /^(n8n-nodes-base|@n8n\/n8n-nodes-langchain|n8n-nodes-allegro-multimeter)\./,
      );
    }
  });

  it('names placeholders in place of credentials', () => {
    for (const { credentials = {} } of nodes) {
      for (const { id } of Object.values(credentials)) expect(id).toBe('');
    }
    expect(JSON.stringify(nodes)).not.toMatch(/127\.0\.0\.1|localhost/);
  });

  it('says in a note what to do first, and what the login has to be allowed', () => {
    const note = nodes.find(({ name: own }) => own === 'About')!;
    expect(note.parameters.content).toMatch(/\*\*Before the first run\*\*[^]*\*\*Appliance\*\*: /);
  });

  it('connects every node, and tells a person of every error of ours', () => {
    const targets = new Set(JSON.stringify(connections).match(/"node":"[^"]+"/g));
    for (const node of others) {
      const isConnected = targets.has(`"node":"${node.name}"`) || node.name in connections;
      expect([node.name, isConnected]).toEqual([node.name, true]);
      if (!node.type.endsWith('.allegroMultimeter')) continue;
      const outputs = (connections[node.name] as { main: unknown[][] }).main;
      expect([node.name, node.onError]).toEqual([node.name, 'continueErrorOutput']);
      expect(outputs[1]!.length).toBeGreaterThan(0);
    }
    expect(targets.has('"node":"Post to Slack"') || targets.has('"node":"Post the Failure"')).toBe(
      true,
    );
  });

  it('pins sample data for what comes from outside', () => {
    for (const { name: own, type } of others) {
      // A form with a file cannot be pinned: n8n pins no files. A schedule has nothing to say.
      const isSampled =
        /\.(webhook|formTrigger|allegroMultimeterTrigger)$/.test(type) && own !== 'Pcap Form';
      expect([own, own in (pinData as object)]).toEqual([own, isSampled]);
    }
  });

  it('has no two nodes in one place, and its notes do not cover each other', () => {
    const size = (node: (typeof nodes)[number]) =>
      node.type === 'n8n-nodes-base.stickyNote'
        ? [Number(node.parameters.width), Number(node.parameters.height)]
        : [node.type.endsWith('.agent') ? 208 : 96, 96];
    const boxes = (list: typeof nodes) =>
      list.map((node) => {
        const [x, y] = node.position as [number, number];
        const [width, height] = size(node);
        return { name: node.name, x, y, right: x + width!, bottom: y + height! };
      });
    const isNote = ({ type }: (typeof nodes)[number]) => type === 'n8n-nodes-base.stickyNote';
    expect(overlaps(boxes(others))).toEqual([]);
    expect(overlaps(boxes(nodes.filter(isNote)))).toEqual([]);
  });
});

describe.each(NAMES)('%s for Node-RED', (name) => {
  const nodes = NODE_RED_EXAMPLES[name]().build();

  it("uses Node-RED's own nodes, ours, and names the package for mail", () => {
    const foreign = nodes
      .map(({ type }) => type)
      .filter((type) => !CORE.has(type) && !type.startsWith('allegro-multimeter-'));
    const needsMail = foreign.includes('e-mail');
    expect([...new Set(foreign)].sort()).toEqual(needsMail ? ['e-mail', 'global-config'] : []);
    if (!needsMail) return;
    const palette = nodes.find(({ type }) => type === 'global-config')!;
    expect(Object.keys(palette.modules as object)).toEqual(['node-red-node-email']);
    expect(JSON.stringify(nodes)).toContain('**node-red-node-email**');
  });

  it('catches what a Function node throws', () => {
    const caught = new Set(
      nodes.filter(({ type }) => type === 'catch').flatMap(({ scope }) => scope as string[]),
    );
    // These tell of an error themselves; what they throw is in the log.
    const telling = ['As Slack wants it', 'What went wrong', ...ANSWERS_OF_ERRORS];
    for (const node of nodes.filter(({ type }) => type === 'function')) {
      const isCaught = caught.has(node.id) || telling.includes(String(node.name));
      expect([node.name, isCaught]).toEqual([node.name, true]);
    }
  });

  it('has every node wired, and every error of ours caught', () => {
    const targets = new Set(nodes.flatMap(({ wires }) => ((wires ?? []) as string[][]).flat()));
    const caught = new Set(
      nodes.filter(({ type }) => type === 'catch').flatMap(({ scope }) => scope as string[]),
    );
    for (const node of nodes.filter(({ z }) => z !== undefined)) {
      if (['comment', 'inject', 'catch', 'http in', 'link in', 'watch'].includes(node.type))
        continue;
      const isTrigger = /^allegro-.*-trigger$/.test(node.type);
      expect([node.name, isTrigger || targets.has(node.id)]).toEqual([node.name, true]);
      if (node.type.startsWith('allegro-')) {
        expect([node.name, caught.has(node.id)]).toEqual([node.name, true]);
      }
    }
  });

  it('has no two nodes in one place', () => {
    const boxes = nodes
      .filter(({ z }) => z !== undefined)
      .map((node: FlowNode) => {
        const label = String(node.dname || node.name || node.url || node.type);
        const isLink = node.type.startsWith('link ');
        const half = isLink ? 15 : Math.max(100, label.length * 6 + 40) / 2;
        const [x, y] = [Number(node.x), Number(node.y)];
        return { name: label, x: x - half, right: x + half, y: y - 15, bottom: y + 15 };
      });
    expect(overlaps(boxes)).toEqual([]);
    for (const { name: label, x } of boxes) expect([label, x >= 0]).toEqual([label, true]);
  });
});

interface Box {
  name: string;
  x: number;
  y: number;
  right: number;
  bottom: number;
}

function overlaps(boxes: Box[]): string[] {
  return boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter((b) => a.x < b.right && b.x < a.right && a.y < b.bottom && b.y < a.bottom)
      .map((b) => `${a.name} / ${b.name}`),
  );
}
