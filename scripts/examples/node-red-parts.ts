import type { TriggerDefinition } from '../../nodes/definitions/triggers/trigger';
import type { FlowBuilder, Place } from './node-red-flow';

/** What most flows share: where messages go, how they look in Slack, and what says that it failed. */

export const SETTINGS = {
  slack: { SLACK_WEBHOOK: 'https://hooks.slack.com/services/REPLACE/WITH/YOURS' },
  mail: {
    MAIL_SERVER: 'mail.example.com',
    MAIL_PORT: '465',
    MAIL_FROM: 'allegro@example.com',
    MAIL_TO: 'network-team@example.com',
  },
};

export const SLACK = 'Post to Slack';
export const FORM = 'As Slack wants it';
export const FAILED = 'What went wrong';

const BLOCKS = `// msg.title and msg.text (Slack's mrkdwn) become blocks, within Slack's limits.
const part = (text, length) => String(text).slice(0, length);
return {
    _msgid: msg._msgid,
    payload: {
        text: part(msg.title, 3000),
        blocks: [
            { type: 'header', text: { type: 'plain_text', text: part(msg.title, 150) } },
            { type: 'section', text: { type: 'mrkdwn', text: part(msg.text, 3000) } },
            { type: 'context', elements: [
                { type: 'mrkdwn', text: 'Node-RED: ' + env.get('NR_FLOW_NAME') }
            ] }
        ]
    }
};`;

/** Two nodes: messages with `title` and `text` go in, and into Slack. What Slack refuses is logged. */
export function postToSlack(flow: FlowBuilder, [column, row]: Place): string {
  flow.function(FORM, [column, row], BLOCKS);
  flow.node(SLACK, 'http request', [column + 1, row], {
    method: 'POST',
    ret: 'txt',
    paytoqs: 'ignore',
    url: '${SLACK_WEBHOOK}',
    tls: '',
    persist: false,
    proxy: '',
    insecureHTTPParser: false,
    authType: '',
    senderr: true,
    headers: [],
  });
  flow.wire(FORM, SLACK);
  accepted(flow, 'Did Slack take it?', [column + 2, row], SLACK);
  flow.catch('Slack failed', [column, row + 1], [SLACK, 'Did Slack take it?']);
  debug(flow, 'Not posted', [column + 1, row + 1], true);
  flow.wire('Slack failed', 'Not posted');
  return FORM;
}

/** Makes an error of an answer of an `http request` that is no success; that node passes it on. */
export function accepted(flow: FlowBuilder, name: string, place: Place, from: string): void {
  flow.function(
    name,
    place,
    [
      'if (msg.statusCode >= 200 && msg.statusCode < 300) return msg;',
      `node.error('${from}: the answer was ' + msg.statusCode + ' ' + String(msg.payload).slice(0, 300), msg);`,
      'return null;',
    ].join('\n'),
  );
  flow.wire(from, name);
}

export function debug(flow: FlowBuilder, name: string, place: Place, isWhole = false): string {
  return flow.node(name, 'debug', place, {
    active: true,
    tosidebar: true,
    console: isWhole,
    tostatus: false,
    complete: isWhole ? 'true' : 'payload',
    targetType: isWhole ? 'full' : 'msg',
    statusVal: '',
    statusType: 'auto',
  });
}

/**
 * A Catch for the named nodes, and the words for whoever has to know. Wire it to Slack. `what` and
 * `more`, a further line, are JavaScript.
 */
export function failed(
  flow: FlowBuilder,
  place: Place,
  what: string,
  from: string[],
  more = '',
): string {
  const [column, row] = place;
  flow.catch('Any of these fails', [column, row], from);
  flow.function(
    FAILED,
    [column + 1, row],
    [
      `msg.title = 'Failed: ' + ${what};`,
      "msg.text = (msg.error.message || String(msg.error)) + '\\n_' + (msg.error.source.name || msg.error.source.type) + '_';",
      ...(more ? [`msg.text += ${more};`] : []),
      'return msg;',
    ].join('\n'),
  );
  flow.wire('Any of these fails', FAILED);
  return FAILED;
}

/** The warnings of a capture `p`, as an array of lines: that the size limit cut it is among them. */
export const CAVEATS = `p.warnings.map((one) => ':warning: ' + one)`;

/** The file of a capture `p` for a mail. A capture of nothing may come without one. */
export const FILE_IF_ANY =
  "p.filename ? [{ path: p.filename, contentType: 'application/vnd.tcpdump.pcap' }] : []";

/** A mail of `msg.topic` and `msg.payload` (text or HTML), with `msg.attachments` where there are any. */
export function mail(flow: FlowBuilder, name: string, place: Place): string {
  return flow.node(name, 'e-mail', place, {
    server: '${MAIL_SERVER}',
    port: '${MAIL_PORT}',
    authtype: 'BASIC',
    saslformat: true,
    token: 'oauth2Response.access_token',
    secure: true,
    tls: true,
    name: '${MAIL_TO}',
    dname: name,
  });
}

/** A message answered at once over HTTP, for a system that posts something. */
export function entrance(flow: FlowBuilder, url: string, method: string, place: Place): string {
  const key = `${method.toUpperCase()} ${url}`;
  return flow.node(key, 'http in', place, {
    name: '',
    url,
    method,
    upload: false,
    skipBodyParsing: false,
    swaggerDoc: '',
  });
}

export function answer(
  flow: FlowBuilder,
  name: string,
  place: Place,
  statusCode = '',
  headers: Record<string, string> = {},
): string {
  return flow.node(name, 'http response', place, { statusCode, headers });
}

/** A page at an address, and where its form comes back: `POST` to the same address. */
export function formPage(flow: FlowBuilder, url: string, html: string): void {
  entrance(flow, url, 'get', [0, 0]);
  flow.node('The form', 'template', [1.2, 0], {
    field: 'payload',
    fieldType: 'msg',
    format: 'html',
    syntax: 'plain',
    template: html,
    output: 'str',
  });
  answer(flow, 'Page', [2.2, 0], '', { 'content-type': 'text/html; charset=utf-8' });
  flow.chain(`GET ${url}`, 'The form', 'Page');
  entrance(flow, url, 'post', [0, 1]);
}

/** Rows in, CSV with these columns out. */
export function csv(flow: FlowBuilder, name: string, place: Place, columns: string[]): void {
  flow.node(name, 'csv', place, {
    spec: 'rfc',
    sep: ',',
    hdrin: '',
    hdrout: 'all',
    multi: 'one',
    ret: '\\r\\n',
    temp: columns.join(','),
    skip: '0',
    strings: true,
    include_empty_strings: '',
    include_null_values: '',
  });
}

/** A button, and where it says so a timer. `crontab` is Node-RED's. */
export function inject(
  flow: FlowBuilder,
  name: string,
  place: Place,
  { payload, texts = {}, crontab = '', repeat = '', once = false }: InjectOptions = {},
): string {
  const props = [
    ...(payload === undefined ? [] : [{ p: 'payload', v: JSON.stringify(payload), vt: 'json' }]),
    ...Object.entries(texts).map(([p, v]) => ({ p, v, vt: 'str' })),
  ];
  return flow.node(name, 'inject', place, {
    props,
    repeat,
    crontab,
    once,
    onceDelay: 1,
    topic: '',
  });
}

/** A button that begins with what a trigger would put out. */
export function sampleEvent(
  flow: FlowBuilder,
  name: string,
  place: Place,
  trigger: TriggerDefinition,
): string {
  const { alertTime, expression } = trigger.sampleOutput as Record<string, string>;
  const texts = { alertTime: alertTime!, expression: expression! };
  return inject(flow, name, place, { payload: trigger.sampleOutput, texts });
}

interface InjectOptions {
  payload?: unknown;
  /** Further properties of the message. */
  texts?: Record<string, string>;
  crontab?: string;
  repeat?: string;
  once?: boolean;
}

type Rule = Record<string, string>;

/** A Switch on a property of the message. */
export function ways(
  flow: FlowBuilder,
  name: string,
  place: Place,
  property: string,
  rules: Rule[],
): void {
  flow.node(name, 'switch', place, {
    property,
    propertyType: 'msg',
    rules,
    checkall: 'false',
    repair: false,
    outputs: rules.length,
  });
}

/** Keeps what the node before put out, where the next one does not replace it. */
export function move(flow: FlowBuilder, name: string, place: Place, to: string): void {
  flow.node(name, 'change', place, {
    rules: [{ t: 'move', p: 'payload', pt: 'msg', to, tot: 'msg' }],
    action: '',
    property: '',
    from: '',
    to: '',
    reg: false,
  });
}

/** Steps before the first run, for the comment at the top. */
export function about(what: string, steps: string[], role: string): string {
  return [
    what,
    '',
    '**Before the first run**',
    '',
    ...steps.map((step, index) => `${index + 1}. ${step}`),
    '',
    `**Appliance**: ${role}`,
  ].join('\n');
}

export const STEP = {
  appliance: 'Enter address and API token of your appliance in the node _My Allegro_.',
  slack:
    'Double-click the tab and enter `SLACK_WEBHOOK` under environment variables: the URL of an incoming webhook of Slack (Mattermost, Rocket.Chat and others take the same messages).',
  mail: 'This flow needs the package **node-red-node-email**: from version 4.1 on, the editor offers to install it when you import the flow; before that, install it under _Manage palette_. Enter `MAIL_SERVER`, `MAIL_PORT`, `MAIL_FROM` and `MAIL_TO` among the environment variables of the tab, and the login in the mail node.',
};
