import { createHash } from 'node:crypto';
import { asStored } from '../../node-red/editor/defaults';
import { APPLIANCE_TYPE } from '../../node-red/runtime/values/names';
import type { FlowNode } from '../hosts/node-red-host';
import { exampleFlow, exampleWorkflow, type Host } from './example-files';
import type { Workflow, WorkflowNode } from '../hosts/n8n-rest';

type Values = Record<string, unknown>;

/** What a person fills in before the first run, by the names of settings in both hosts. */
const PLACEHOLDERS: Record<string, string> = {
  slackWebhook: 'https://hooks.slack.com/services/REPLACE/WITH/YOURS',
  teamsWebhook: 'https://REPLACE.api.powerplatform.com/WITH/YOURS',
  mailFrom: 'allegro@example.com',
  mailTo: 'network-team@example.com',
  bucket: 'evidence',
  storeUrl: 'https://files.example.com/evidence',
  SLACK_WEBHOOK: 'https://hooks.slack.com/services/REPLACE/WITH/YOURS',
  TEAMS_WEBHOOK: 'https://REPLACE.api.powerplatform.com/WITH/YOURS',
  MAIL_SERVER: 'mail.example.com',
  MAIL_PORT: '465',
  MAIL_FROM: 'allegro@example.com',
  MAIL_TO: 'network-team@example.com',
  JIRA_URL: 'https://example.atlassian.net',
  JIRA_PROJECT: 'NET',
  THEHIVE_URL: 'https://thehive.example.com',
  STORE_URL: 'https://files.example.com/evidence',
  MODEL_URL: 'https://api.openai.com/v1/chat/completions',
};

/** Names of credentials in n8n, by type; n8n shows them until a person has chosen one. */
const CREDENTIAL_NAMES: Record<string, string> = {
  allegroMultimeterTokenApi: 'Allegro Network Multimeter',
  allegroMultimeterPasswordApi: 'Allegro Network Multimeter',
  allegroMultimeterPushApi: 'Allegro Push Secret',
  smtp: 'SMTP account',
  s3: 'S3 account',
  openAiApi: 'OpenAI account',
  jiraSoftwareCloudApi: 'Jira SW Cloud account',
  theHiveProjectApi: 'The Hive 5 account',
  httpBasicAuth: 'File store',
  httpBearerAuth: 'MCP token',
};

/** Settings of a workflow that mean the same in every n8n. */
const KEPT_SETTINGS = [
  ...['executionOrder', 'executionTimeout', 'saveExecutionProgress', 'saveManualExecutions'],
  ...['saveDataErrorExecution', 'saveDataSuccessExecution'],
];

const APPLIANCE_PLACEHOLDER = {
  name: 'My Allegro',
  baseUrl: 'https://allegro-mm-xxxx',
  caCertificate: '',
  ignoreCertificateErrors: false,
  tls: '',
  proxy: '',
};

/** The example in the form in which it is committed. The same again for what is normalized. */
export function normalized(host: Host, name: string): unknown {
  return host === 'n8n'
    ? normalizeWorkflow(exampleWorkflow(name))
    : normalizeFlow(name, exampleFlow(name));
}

/**
 * Keeps of an exported workflow what is the same in every n8n. IDs are made of names, so that they
 * survive another import; notes come first, because n8n draws them in this order, below the nodes.
 */
export function normalizeWorkflow(workflow: Workflow): Workflow {
  const { name, settings = {}, pinData } = workflow;
  const nodes = workflow.nodes.map((node) => normalizeWorkflowNode(name, node));
  const pinned = Object.entries((pinData ?? {}) as Record<string, Array<{ json: unknown }>>);
  return {
    name,
    nodes: [...nodes.filter(isNote), ...nodes.filter((node) => !isNote(node))],
    connections: sorted(workflow.connections) as Values,
    settings: sorted(pick(settings, KEPT_SETTINGS)) as Values,
    pinData: Object.fromEntries(
      pinned
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([node, items]) => [node, items.map(({ json }) => ({ json }))]),
    ),
    meta: { templateCredsSetupCompleted: false },
  };
}

function normalizeWorkflowNode(workflow: string, node: WorkflowNode): WorkflowNode {
  const credentials = Object.keys(node.credentials ?? {}).map((type) => [
    type,
    { id: '', name: CREDENTIAL_NAMES[type] ?? `${type} account` },
  ]);
  return sorted({
    ...node,
    parameters: normalizeParameters(node.parameters, [workflow, node.name]),
    id: uuidOf(workflow, node.name),
    ...('webhookId' in node ? { webhookId: uuidOf(workflow, node.name, 'webhook') } : {}),
    ...(credentials.length > 0 ? { credentials: Object.fromEntries(credentials) } : {}),
  }) as WorkflowNode;
}

/** IDs of assignments and conditions, placeholders, and no names that n8n has looked up. */
function normalizeParameters(value: unknown, path: string[]): unknown {
  if (Array.isArray(value)) {
    return value.map((one: unknown, index) => {
      const key = isObject(one) && typeof one.name === 'string' ? one.name : String(index);
      return normalizeParameters(one, [...path, key]);
    });
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !key.startsWith('cachedResult'))
    .map(([key, one]) => [key, normalizeParameters(one, [...path, key])]);
  const own = Object.fromEntries(entries) as Values;
  if (path.at(-1) === 'dataTableId' && value.mode === 'list') {
    // The ID of a table is another one in each n8n.
    return { ...own, mode: 'name', value: value.cachedResultName };
  }
  const isNamed = ['assignments', 'conditions'].includes(path.at(-2) ?? '');
  if (isNamed && typeof own.id === 'string') own.id = uuidOf(...path);
  return withPlaceholder(own);
}

/** A setting whose value a person has to fill in gets its placeholder back. */
function withPlaceholder(setting: Values): Values {
  const { name, value } = setting;
  const isFilledIn = typeof value === 'string' && !value.startsWith('=');
  if (typeof name !== 'string' || !isFilledIn || !(name in PLACEHOLDERS)) return setting;
  return { ...setting, value: PLACEHOLDERS[name] };
}

function isNote({ type }: WorkflowNode): boolean {
  return type === 'n8n-nodes-base.stickyNote';
}

/**
 * Keeps of exported nodes what is the same in every Node-RED: IDs are made of names, and nodes of
 * this package store only what differs from the defaults. Order: tabs, configuration, and what is in the flow.
 */
export function normalizeFlow(name: string, nodes: FlowNode[]): FlowNode[] {
  const ordered = nodes.map(normalizeFlowNode).sort((a, b) => rankOf(a) - rankOf(b));
  const ids = new Map<unknown, string>();
  const count = new Map<string, number>();
  for (const node of ordered) {
    // The same in all examples: who imports a second one uses the appliance of the first.
    const example = node.type === APPLIANCE_TYPE ? '' : name;
    const words = [example, node.type, labelOf(node)];
    const before = count.get(words.join('\n')) ?? 0;
    count.set(words.join('\n'), before + 1);
    ids.set(node.id, hashOf([...words, String(before)]).slice(0, 16));
  }
  return ordered.flatMap((node) => {
    const { id, type, z, g, name: own, ...rest } = renamed(node, ids) as Values;
    // From 4.1 on, an export names all packages that it needs, this one among them.
    if (type === 'global-config' && Object.keys(rest.modules as object).length === 0) return [];
    const head = Object.entries({ id, type, z, g, name: own }).filter(
      ([, one]) => one !== undefined,
    );
    return [{ ...Object.fromEntries(head), ...(sorted(rest) as Values) } as FlowNode];
  });
}

function rankOf({ type, x }: FlowNode): number {
  if (type === 'tab') return 0;
  return x === undefined ? 1 : 2;
}

function labelOf({ label, dname, name, method, url }: FlowNode): string {
  return String(label || dname || name || (url ? `${String(method)} ${String(url)}` : ''));
}

function normalizeFlowNode(given: FlowNode): FlowNode {
  const { credentials: _, ...rest } = given;
  const node = asStored(rest as FlowNode);
  if (node.type === APPLIANCE_TYPE) return { ...node, ...APPLIANCE_PLACEHOLDER };
  if (node.type === 'tab') {
    const env = (node.env ?? []) as Values[];
    return { ...node, env: env.map(withPlaceholder) };
  }
  if (node.type !== 'global-config') return node;
  const modules = Object.entries((node.modules ?? {}) as Record<string, string>);
  const others = modules.filter(([module]) => !module.startsWith('@allegro-multimeter/'));
  return { ...node, modules: Object.fromEntries(others) };
}

/** With other IDs, wherever a node names another one. */
function renamed(value: unknown, ids: Map<unknown, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => renamed(one, ids));
  if (!isObject(value)) return ids.get(value) ?? value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, renamed(one, ids)]));
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** With its keys in the order of the alphabet, at every depth. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}

function pick(values: Values, names: string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

/** A UUID that is the same for the same words. */
function uuidOf(...words: string[]): string {
  const hex = hashOf(words);
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`];
  return [...groups, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

function hashOf(words: string[]): string {
  return createHash('sha1').update(words.join('\n')).digest('hex');
}
