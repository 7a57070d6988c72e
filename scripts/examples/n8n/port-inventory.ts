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
    '={{ [...$json.added.map((one) => ":new: `" + one + "`"), ...$json.gone.map((one) => ":x: `" + one + "`")].slice(0, 100).join("\\n") || ($json.isBaseline ? "From now on, differences are told." : "Nothing has changed.") }}',
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

const COMPARE = `const rows = $input.all()
  .flatMap(({ json }) => json.asServer.map((port) => ({ ip: json.ip, port })))
  .sort((a, b) => a.ip.localeCompare(b.ip) || a.port - b.port);
const now = rows.map(({ ip, port }) => (ip.includes(':') ? '[' + ip + ']' : ip) + ':' + port);
// n8n keeps this between the runs of a published workflow.
const kept = $getWorkflowStaticData('node');
const before = kept.ports;
kept.ports = now;
return [{ json: {
  isBaseline: before === undefined,
  count: now.length,
  added: before ? now.filter((one) => !before.includes(one)) : [],
  gone: before ? before.filter((one) => !now.includes(one)) : [],
  rows,
} }];`;
