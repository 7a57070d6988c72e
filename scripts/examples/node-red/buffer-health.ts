import { FlowBuilder } from '../node-red-flow';
import { about, failed, FORM, inject, postToSlack, SETTINGS, STEP, move } from '../node-red-parts';

const INFO = about(
  'Every hour: does the buffer record, how far back does it reach, are temperature, clock and disks well? Slack hears of it only when something is not.',
  [
    STEP.appliance,
    STEP.slack,
    'Enter `MIN_HOURS` among the environment variables of the tab: how far the buffer has to reach back. The appliance does not tell its oldest packet: the first one of the last 60 days is fetched, and nothing more.',
  ],
  'read access, for some parts the admin role (parts that are not told are left out), and the permission "pcap".',
);

export function bufferHealth(): FlowBuilder {
  const flow = new FlowBuilder('11 Ring buffer health', INFO, {
    ...SETTINGS.slack,
    MIN_HOURS: '12',
  });
  flow.comment('Will the packets be there when they are needed? Read me first', [0, -1.6], INFO);
  inject(flow, 'Every hour', [0, 0], { repeat: '3600' });
  flow.allegro('Appliance health', 'applianceHealth', [1, 0], { warnIfSuspended: 'true' });
  move(flow, 'Keep the health', [2, 0], 'health');
  flow.allegro('Oldest packet', 'capturePcap', [3, 0], {
    captureSource: 'ringBuffer',
    timeMode: 'last',
    lastAmount: '60',
    lastUnit: 'days',
    maxPackets: '1',
    maxMegabytes: '1',
    fileTarget: 'buffer',
  });
  flow.function('Judge', [4, 0], JUDGE);
  flow.comment('When something fails', [0, 1.2]);
  failed(flow, [0, 2], "'the health of the ring buffer is not known'", [
    'Appliance health',
    'Oldest packet',
    'Judge',
  ]);
  postToSlack(flow, [4, 1]);
  flow.chain('Every hour', 'Appliance health', 'Keep the health', 'Oldest packet', 'Judge', FORM);
  flow.wire('What went wrong', FORM);
  return flow;
}

const JUDGE = `const oldest = msg.fileInfo && msg.fileInfo.coveredWindow && msg.fileInfo.coveredWindow.from;
const least = Number(env.get('MIN_HOURS'));
const hours = oldest ? (Date.now() - Date.parse(oldest)) / 3600000 : null;
const problems = [...msg.health.warnings];
if (hours === null) problems.push('The buffer holds no packets of the last 60 days.');
else if (hours < least) {
    problems.push('The buffer reaches back ' + hours.toFixed(1) + ' hours only, to ' + oldest + '; it should be ' + least + '.');
}
node.status({ text: problems.length === 0 ? 'all is well' : problems.length + ' warnings' });
if (problems.length === 0) return null;
msg.title = 'Ring buffer: ' + problems.length + ' warning(s)';
msg.text = problems.map((one) => ':warning: ' + one).join('\\n');
return msg;`;
