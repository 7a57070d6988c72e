import { about, failed, message, postToSlack, settings, STEP } from '../n8n-parts';
import { typed, WorkflowBuilder } from '../n8n-workflow';

const onError = { onError: 'continueErrorOutput' };

export function bufferHealth(): WorkflowBuilder {
  const flow = new WorkflowBuilder('11 Ring Buffer Health');
  flow.note(
    about(
      'Will the packets be there when they are needed?',
      'Every hour: does the buffer record, how far back does it reach, are temperature, clock and disks well? Slack hears of it only when something is not.',
      [
        STEP.allegro,
        STEP.slack,
        'In _Settings_, enter how many hours the buffer has to reach back. The appliance does not tell its oldest packet: the first one of the last 60 days is fetched, and nothing more',
      ],
      'read access, for some parts the admin role (parts that are not told are left out), and the permission "pcap".',
    ),
    [-3, -0.9],
    [2.6, 3],
  );
  flow.section('### When', [0, 0], [1, 1]);
  flow.section('### Look', [2, 0], [3, 0]);
  flow.section('### Judge, and tell only what is wrong', [4, 0], [7, 0]);
  flow.section('### When something fails', [4, 1.75], [5, 1.75]);
  flow.node('Every Hour', 'scheduleTrigger', [0, 0], {
    rule: { interval: [{ field: 'hours', hoursInterval: 1 }] },
  });
  flow.node('Try It', 'manualTrigger', [0, 1]);
  settings(flow, [1, 0], ['slackWebhook'], { minHours: 12 });
  flow.allegro('Appliance Health', 'applianceHealth', [2, 0], { warnIfSuspended: true }, onError);
  flow.allegro(
    'Oldest Packet',
    'capturePcap',
    [3, 0],
    {
      captureSource: 'ringBuffer',
      timeMode: 'last',
      lastAmount: 60,
      lastUnit: 'days',
      maxPackets: 1,
      maxMegabytes: 1,
    },
    onError,
  );
  flow.set('Judge', [4, 0], { problems: typed('array', PROBLEMS) }, { keep: false });
  flow.when(
    'Anything Wrong?',
    [5, 0],
    '={{ $json.problems.length }}',
    { type: 'number', operation: 'gt' },
    0,
  );
  message(
    flow,
    'Warning',
    [6, 0],
    '=Ring buffer: {{ $json.problems.length }} warning(s)',
    '={{ $json.problems.map((one) => ":warning: " + one).join("\\n") }}',
  );
  postToSlack(flow, [7, 0]);
  failed(flow, [4, 1.75], 'the health of the ring buffer is not known');
  postToSlack(flow, [5, 1.75], 'Post the Failure');
  flow.chain(
    'Every Hour',
    'Settings',
    'Appliance Health',
    'Oldest Packet',
    'Judge',
    'Anything Wrong?',
  );
  flow.chain('Anything Wrong?', 'Warning', 'Post to Slack');
  flow.connect('Try It', 'Settings');
  for (const node of ['Appliance Health', 'Oldest Packet'])
    flow.connect(node, 'What Went Wrong', 1);
  flow.connect('What Went Wrong', 'Post the Failure');
  return flow;
}

const PROBLEMS = `={{ (() => {
  const health = $('Appliance Health').first().json;
  const oldest = $json.coveredWindow?.from;
  const hours = oldest ? (Date.now() - Date.parse(oldest)) / 3600000 : null;
  const { minHours } = $('Settings').first().json;
  return [
    ...health.warnings,
    ...(hours === null ? ['The buffer holds no packets of the last 60 days.'] : []),
    ...(hours !== null && hours < minHours ? ['The buffer reaches back ' + hours.toFixed(1) + ' hours only, to ' + oldest + '; it should be ' + minHours + '.'] : []),
  ];
})() }}`;
