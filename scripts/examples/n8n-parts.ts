import type { Place, WorkflowBuilder } from './n8n-workflow';

/** What most examples share: where messages go, how they look in Slack, and what says that it failed. */

export const SETTINGS = 'Settings';
export const SLACK = 'Post to Slack';

const DEFAULTS = {
  slackWebhook: 'https://hooks.slack.com/services/REPLACE/WITH/YOURS',
  mailFrom: 'allegro@example.com',
  mailTo: 'network-team@example.com',
};

/** The one node that a person fills in, behind the trigger; further values go on top. */
export function settings(
  flow: WorkflowBuilder,
  place: Place,
  wanted: Array<keyof typeof DEFAULTS>,
  more: Record<string, unknown> = {},
): string {
  const values = Object.fromEntries(wanted.map((name) => [name, DEFAULTS[name]]));
  return flow.set(SETTINGS, place, { ...values, ...more });
}

/** The value of a setting, for use within an expression. */
export function setting(name: string): string {
  return `$('${SETTINGS}').first().json.${name}`;
}

/**
 * Posts items with `title` and `text` (Slack's mrkdwn) to an incoming webhook, within the limits of
 * Slack's blocks.
 */
export function postToSlack(flow: WorkflowBuilder, place: Place, name = SLACK): string {
  const body = [
    '={{ ({',
    '  text: $json.title,',
    '  blocks: [',
    "    { type: 'header', text: { type: 'plain_text', text: $json.title.slice(0, 150) } },",
    "    { type: 'section', text: { type: 'mrkdwn', text: $json.text.slice(0, 3000) } },",
    "    { type: 'context', elements: [",
    "      { type: 'mrkdwn', text: 'n8n: ' + $workflow.name + ', run ' + $execution.id } ] },",
    '  ],',
    '}) }}',
  ].join('\n');
  return flow.node(
    name,
    'httpRequest',
    place,
    {
      method: 'POST',
      url: `={{ ${setting('slackWebhook')} }}`,
      sendBody: true,
      specifyBody: 'json',
      jsonBody: body,
      options: { timeout: 30000 },
    },
    { retryOnFail: true, maxTries: 3, waitBetweenTries: 2000 },
  );
}

/** Title and text for {@link postToSlack}. */
export function message(
  flow: WorkflowBuilder,
  name: string,
  place: Place,
  title: string,
  text: string,
  more: Record<string, unknown> = {},
): string {
  return flow.set(name, place, { title, text }, more);
}

/** The words of an item on an error output, ours or another node's, in one line. */
export const ERROR_WORDS =
  "($json.error?.message ?? $json.error ?? 'Unknown error') + ' ' + ($json.details?.advice ?? '')";

/**
 * What a person reads when something went wrong; further lines of mrkdwn follow. One message for a
 * run, or, where its items are events of their own, one for each.
 */
export function failed(
  flow: WorkflowBuilder,
  place: Place,
  what: string,
  { name = 'What Went Wrong', more = '', forEach = false } = {},
): string {
  return message(
    flow,
    name,
    place,
    `=Failed: ${what}`,
    `={{ ${ERROR_WORDS} }}${more && `\n${more}`}`,
    forEach ? {} : { executeOnce: true },
  );
}

/** The warnings of a capture, in lines behind others: that the size limit cut it is among them. */
export const CAVEATS = '{{ ($json.warnings ?? []).map((one) => "\\n:warning: " + one).join("") }}';

/** Names the file of an item for a mail. A capture of nothing may come without one. */
export const FILE_IF_ANY = '={{ $binary?.data ? "data" : "" }}';

/** A plain-text mail, with a file where a binary field is named. */
export function mail(
  flow: WorkflowBuilder,
  name: string,
  place: Place,
  { subject, text, html, files, images }: MailParts,
): string {
  const options = {
    appendAttribution: false,
    ...(files ? { fileAttachments: files } : {}),
    ...(images ? { attachments: images } : {}),
  };
  return flow.node(
    name,
    'emailSend',
    place,
    {
      fromEmail: `={{ ${setting('mailFrom')} }}`,
      toEmail: `={{ ${setting('mailTo')} }}`,
      subject,
      emailFormat: html === undefined ? 'text' : 'html',
      ...(html === undefined ? { text } : { html }),
      options,
    },
    {
      credentials: { smtp: { id: '', name: 'SMTP account' } },
      onError: 'continueErrorOutput',
    },
  );
}

/** Puts the file of an item into the bucket of the settings. */
export function store(
  flow: WorkflowBuilder,
  name: string,
  place: Place,
  field: string,
  ending: string,
  from = 'Settings',
): void {
  flow.node(
    name,
    's3',
    place,
    {
      resource: 'file',
      operation: 'upload',
      bucketName: `={{ $("${from}").first().json.bucket }}`,
      fileName: `={{ $json.fileName }}${ending}`,
      binaryData: true,
      binaryPropertyName: field,
      additionalFields: {},
      tagsUi: {},
    },
    { credentials: { s3: { id: '', name: 'S3 account' } }, onError: 'continueErrorOutput' },
  );
}

interface MailParts {
  subject: string;
  text?: string;
  html?: string;
  /** Names of binary fields, attached as files. */
  files?: string;
  /** Names of binary fields, shown in the text as `cid:<name>`. */
  images?: string;
}

/** What to do before the first run. A list of Markdown points. */
export function about(title: string, what: string, steps: string[], role: string): string {
  return [
    `## ${title}`,
    what,
    '',
    '**Before the first run**',
    ...steps.map((step, index) => `${index + 1}. ${step}`),
    '',
    `**Appliance**: ${role}`,
  ].join('\n');
}

export const STEP = {
  allegro: 'Choose your Allegro credential in the nodes with the Allegro sign',
  slack:
    'In _Settings_, enter the URL of an incoming webhook of Slack (Mattermost, Rocket.Chat and others take the same messages)',
  mail: 'In _Settings_, enter the mail addresses, and choose an SMTP credential in the mail nodes',
  polls:
    'A poll that fails (appliance off, wrong token) is a failed execution of this workflow: choose an _Error Workflow_ in its settings to hear of it',
};
