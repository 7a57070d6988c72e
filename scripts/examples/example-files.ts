import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowNode } from '../hosts/node-red-host';
import type { Workflow } from '../hosts/n8n-rest';

export const EXAMPLES = join(__dirname, '../../examples');

export const HOSTS = ['n8n', 'node-red'] as const;
export type Host = (typeof HOSTS)[number];

/** The examples of a host, by their paths below its folder without the ending, in order. */
export function exampleNames(host: Host): string[] {
  return readdirSync(join(EXAMPLES, host), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.replace(/\.json$/, '').replaceAll('\\', '/'))
    .sort();
}

export function exampleText(host: Host, name: string): string {
  return readFileSync(join(EXAMPLES, host, `${name}.json`), 'utf8');
}

/** An example for n8n. */
export function exampleWorkflow(name: string): Workflow {
  return JSON.parse(exampleText('n8n', name)) as Workflow;
}

/** An example for Node-RED. */
export function exampleFlow(name: string): FlowNode[] {
  return JSON.parse(exampleText('node-red', name)) as FlowNode[];
}

/** What an example says of itself: a title, and the first paragraph of its note. */
export function describeExample(host: Host, name: string): { title: string; what: string } {
  if (host === 'node-red') {
    const tab = exampleFlow(name).find(({ type }) => type === 'tab')!;
    return { title: String(tab.label), what: String(tab.info).split('\n\n')[0]! };
  }
  const workflow = exampleWorkflow(name);
  const about = workflow.nodes.find((node) => node.name === 'About')!;
  const [, paragraph] = /^## .*\n([^]*?)(?:\n\n|$)/.exec(String(about.parameters.content)) ?? [];
  // As Prettier writes emphasis.
  return { title: workflow.name, what: paragraph!.replace(/\*([^*]+)\*/g, '_$1_') };
}

const link = (host: Host, name: string) =>
  `[${host === 'n8n' ? 'n8n' : 'Node-RED'}](${host}/${name}.json)`;

const INTRODUCTION = `# Examples

Each numbered example is there for both hosts, under the same name. In n8n, import a file into an empty workflow; in Node-RED, choose _Import → Examples → @allegro-multimeter/node-red_. A note in each says what to fill in before the first run, and what the login at the appliance has to be allowed.

01 to 12 are complete: they begin with an alert, a form or a schedule, end in Slack, a mail or a store, and notify a person of what failed. They use the nodes that come with n8n or Node-RED, and ours. In Node-RED, mail needs the package node-red-node-email as well; from Node-RED 4.1 on, the editor offers to install it when such a flow is imported. Until it is installed, Node-RED runs no flow at all. From 13 on, the examples are small and need nothing but an appliance; 19 and 20 end in Jira and TheHive, 23 in a file store. [Ten jobs](../docs/guides/ten-jobs.md) shows what they say.

All of them run in our tests as they are here: in a real n8n and a real Node-RED, against the simulated appliance, with a mail server, chats, ticket systems, an object store and a language model on the loopback that check what they receive.

To change one, edit it in the editor of its host, export it into its file, and run \`npm run examples\`.
`;

const SCALE_OUT = `## For several processes

These have no number and are not the same in both hosts, because n8n and Node-RED spread work in different ways: n8n in queue mode with data tables, Node-RED over MQTT. [Scaling](../docs/scaling.md) explains both.
`;

/** The text of examples/README.md. */
export function indexPage(): string {
  const isNumbered = (name: string) => !name.includes('/');
  const numbered = exampleNames('n8n').filter(isNumbered);
  const sections = numbered.map((name) => {
    const { title, what } = describeExample('n8n', name);
    const links = HOSTS.flatMap((host) => {
      const picture = `../docs/screenshots/${host}-example-${name}.png`;
      const isShown = existsSync(join(EXAMPLES, picture));
      return [link(host, name), ...(isShown ? [`[picture](${picture})`] : [])];
    });
    return `## ${title}\n\n${what}\n\n${links.join(' · ')}\n`;
  });
  const others = HOSTS.flatMap((host) =>
    exampleNames(host)
      .filter((name) => !isNumbered(name))
      .map((name) => {
        const { title, what } = describeExample(host, name);
        return `- ${title} (${link(host, name)}): ${what.split(/(?<=\.) /)[0]}`;
      }),
  );
  return [INTRODUCTION, ...sections, SCALE_OUT, `${others.join('\n')}\n`].join('\n');
}
