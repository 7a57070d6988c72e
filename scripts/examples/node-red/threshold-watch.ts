import { thresholdTrigger } from '../../../nodes/definitions/triggers/threshold-trigger';
import { FlowBuilder } from '../node-red-flow';
import {
  about,
  CAVEATS,
  failed,
  FILE_IF_ANY,
  FORM,
  mail,
  postToSlack,
  sampleEvent,
  SETTINGS,
  STEP,
  move,
} from '../node-red-parts';

const INFO = about(
  'The trigger watches all addresses, minute by minute without a gap. One that is over the limit three times in a row raises an alert, at most once an hour, and its packets of the last two minutes come along.',
  [
    STEP.appliance,
    STEP.slack,
    STEP.mail,
    'Enter the limit in bit/s in the node _Over the limit_. The button is for a trial: change its `alertTime` and `expression` to something that your buffer holds.',
  ],
  'read access to statistics and the permission "pcap".',
);

export function thresholdWatch(): FlowBuilder {
  const flow = new FlowBuilder('09 Threshold watch with capture', INFO, {
    ...SETTINGS.slack,
    ...SETTINGS.mail,
  });
  flow.comment('Too much for three minutes: capture it. Read me first', [0, -1.6], INFO);
  flow.allegro('Over the limit', 'thresholdTrigger', [0, 0], {
    watched: 'ip',
    limit: '100000000',
    windowSeconds: '60',
    windowsInARow: '3',
    coolDownSeconds: '3600',
  });
  sampleEvent(flow, 'Sample alert', [0, -0.8], thresholdTrigger);
  move(flow, 'Keep the event', [1, 0], 'over');
  // Time and filter come with the event, as msg.alertTime and msg.expression.
  flow.allegro('Last two minutes', 'capturePcap', [2, 0], {
    captureSource: 'ringBuffer',
    timeMode: 'around',
    secondsBefore: '120',
    secondsAfter: '0',
    maxMegabytes: '20',
    fileNamePrefix: 'threshold',
    fileTarget: 'file',
    fileFolder: 'captures',
  });
  flow.function('Alert', [0, 1.2], ALERT);
  mail(flow, 'Mail with pcap', [1, 1.2]);
  flow.comment('When something fails', [0, 2.4]);
  failed(
    flow,
    [0, 3.2],
    WHAT,
    ['Over the limit', 'Last two minutes', 'Alert', 'Mail with pcap'],
    FACTS,
  );
  postToSlack(flow, [2.2, 3.2]);
  flow.wire('Sample alert', 'Keep the event');
  flow.chain('Over the limit', 'Keep the event', 'Last two minutes', 'Alert', 'Mail with pcap');
  flow.wire('Alert', FORM);
  flow.wire('What went wrong', FORM);
  return flow;
}

// The trigger does not report it again: what it said goes into the message. A poll that fails has none.
const WHAT =
  "(msg.over ? 'the packets of ' + msg.over.element + ', which has ' + (msg.over.value / 1e6).toFixed(2) + ' Mbit/s' : 'the threshold watch')";

const FACTS =
  "msg.over ? '\\nOver ' + msg.over.limit / 1e6 + ' Mbit/s since ' + msg.over.since + ', reported at ' + msg.over.alertTime + '. ' + (msg.over.name || '') : ''";

const ALERT = `const { over, payload: p } = msg;
msg.title = over.element + ' has ' + (over.value / 1e6).toFixed(2) + ' Mbit/s';
msg.text = 'Over ' + over.limit / 1e6 + ' Mbit/s since ' + over.since + '. ' + (over.name || '')
    + '\\n' + [p.packets > 0 ? '*' + p.packets + ' packets* of the last two minutes, by mail. SHA-256 \`' + p.sha256 + '\`'
        : 'The buffer holds no packets of the last two minutes.', ...${CAVEATS}].join('\\n');
msg.topic = 'Threshold: ' + msg.title;
msg.from = env.get('MAIL_FROM');
msg.attachments = ${FILE_IF_ANY};
msg.payload = msg.title + '\\n' + msg.text.replace(/[*\`]/g, '');
return msg;`;
