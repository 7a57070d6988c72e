import { about, failed, mail, message, postToSlack, settings, STEP } from '../n8n-parts';
import { WorkflowBuilder } from '../n8n-workflow';

const onError = { onError: 'continueErrorOutput' };

export function portInventory(): WorkflowBuilder {
  const flow = new WorkflowBuilder('10 Server-Port Inventory');
  flow.note(
    about(
      'Who offers a service that was not there last week?',
      'Once a week the server ports of all addresses are read. What is new or gone goes to Slack; the whole inventory goes out by mail as CSV. The first run is the baseline.',
      [
        STEP.allegro,
        STEP.slack,
        STEP.mail,
        'In _Server Ports_, name your own networks: without, all addresses that the appliance knows are asked for, one request each',
        'Publish the workflow: n8n keeps the last inventory of published workflows only',
      ],
      'read access to statistics.',
    ),
    [-3, -0.9],
    [2.6, 3],
  );
  flow.section('### Read', [0, 0], [2, 0]);
  flow.section('### Compare with last time, and mail the whole as CSV', [3, 0], [5, 1]);
  flow.section('### When something fails', [3, 2.75], [4, 2.75]);
  flow.node('Every Week', 'scheduleTrigger', [0, 0], {
    rule: { interval: [{ field: 'weeks', triggerAtDay: [1], triggerAtHour: 7 }] },
  });
  settings(flow, [1, 0], ['slackWebhook', 'mailFrom', 'mailTo']);
  flow.allegro(
    'Server Ports',
    'getServerPorts',
    [2, 0],
    {
      portOutput: 'items',
      addresses: '',
      portRole: 'asServer',
      timeMode: 'none',
      parallelRequests: 6,
    },
    onError,
  );
  flow.node('Compare', 'code', [3, 0], {
    mode: 'runOnceForAllItems',
    language: 'javaScript',
    jsCode: COMPARE,
  });
  message(
    flow,
    'Differences',
    [4, 0],
    '={{ $json.isBaseline ? "Baseline: " + $json.count + " server ports" : $json.added.length + " new, " + $json.gone.length + " gone server ports" }}',
    '={{ [...($json.unread.length ? [":warning: Addresses that could not be read: " + $json.unread.length + " (" + $json.unread.slice(0, 10).join(", ") + ")"] : []), ...$json.added.map((one) => ":new: `" + one + "`"), ...$json.gone.map((one) => ":x: `" + one + "`"), ...($json.added.length + $json.gone.length ? [] : [$json.isBaseline ? "From now on, differences are told." : "Nothing has changed."])].slice(0, 100).join("\\n") }}',
    { executeOnce: true },
  );
  const slack = postToSlack(flow, [5, 0]);
  flow.node('CSV', 'convertToFile', [4, 1], {
    operation: 'csv',
    binaryPropertyName: 'csv',
    options: { fileName: '=server-ports-{{ $now.toFormat("yyyy-LL-dd") }}.csv' },
  });
  mail(flow, 'Mail the Inventory', [5, 1], {
    subject: '=Server ports, {{ $now.toFormat("d LLLL yyyy") }}',
    text: '={{ $("Compare").first().json.count }} server ports, in the file.',
    files: 'csv',
  });
  flow.node('Rows', 'code', [3, 1], {
    mode: 'runOnceForAllItems',
    language: 'javaScript',
    jsCode: 'return $input.first().json.rows.map((row) => ({ json: row }));',
  });
  failed(flow, [3, 2.75], 'the inventory of server ports');
  postToSlack(flow, [4, 2.75], 'Post the Failure');
  flow.chain('Every Week', 'Settings', 'Server Ports', 'Compare', 'Differences', slack);
  flow.chain('Compare', 'Rows', 'CSV', 'Mail the Inventory');
  for (const node of ['Server Ports', 'Mail the Inventory'])
    flow.connect(node, 'What Went Wrong', 1);
  flow.connect('What Went Wrong', 'Post the Failure');
  return flow;
}

const COMPARE = `const items = $input.all().map(({ json }) => json);
// An address whose ports could not be read comes as an item with an error.
const unread = items.filter(({ error }) => error).map(({ ip }) => ip);
const rows = items
  .filter(({ error }) => !error)
  .flatMap(({ ip, asServer }) => asServer.map((port) => ({ ip, port })))
  .sort((a, b) => a.ip.localeCompare(b.ip) || a.port - b.port);
const server = (ip) => (ip.includes(':') ? '[' + ip + ']' : ip) + ':';
const now = rows.map(({ ip, port }) => server(ip) + port);
// n8n keeps this between the runs of a published workflow.
const kept = $getWorkflowStaticData('node');
const before = kept.ports;
// What could not be read this time is neither gone now nor new next time.
kept.ports = [...now, ...(before ?? []).filter((one) => unread.some((ip) => one.startsWith(server(ip))))];
return [{ json: {
  isBaseline: before === undefined,
  count: now.length,
  unread,
  added: before ? now.filter((one) => !before.includes(one)) : [],
  gone: before ? before.filter((one) => !kept.ports.includes(one)) : [],
  rows,
} }];`;
