import { FlowBuilder, msg } from '../node-red-flow';
import {
  about,
  answer,
  debug,
  entrance,
  failed,
  FORM,
  inject,
  postToSlack,
  SETTINGS,
  STEP,
  ways,
} from '../node-red-parts';

const INFO = about(
  'An IP address comes in: `POST /allegro/which {"host": "10.1.2.3"}`. All devices of a multi-device setup are asked for it, ranked by its traffic of the last ten minutes, and its packets are captured on each that saw it: one message for each device.',
  [STEP.appliance, STEP.slack],
  'read access to devices and statistics, and the permission "pcap", on all devices.',
);

export function whichBox(): FlowBuilder {
  const flow = new FlowBuilder('04 Which device saw it', INFO, SETTINGS.slack);
  flow.comment('Which device saw it? Read me first', [0, -1.6], INFO);
  entrance(flow, '/allegro/which', 'post', [0, 0]);
  inject(flow, 'Sample address', [0, 1], { payload: { host: '10.1.2.3' } });
  answer(flow, 'Accepted', [1.3, -0.8], '202');
  flow.allegro('Which device saw it', 'whichDevice', [1.3, 0], {
    address: msg('payload.host'),
    timeMode: 'last',
    lastAmount: '10',
    lastUnit: 'minutes',
  });
  flow.function('One by one', [2.4, 0], ONE_BY_ONE, 2);
  ways(flow, 'Saw it?', [0, 2.2], 'found.seen', [{ t: 'true' }, { t: 'else' }]);
  flow.allegro('Its packets', 'capturePcap', [1.3, 2.2], {
    captureSource: 'ringBuffer',
    timeMode: 'last',
    lastAmount: '10',
    lastUnit: 'minutes',
    host: msg('address'),
    device: msg('found.id'),
    maxMegabytes: '20',
    fileNamePrefix: msg('found.host'),
    fileTarget: 'file',
    fileFolder: 'captures',
  });
  flow.function('Captured', [2.4, 2.2], CAPTURED);
  debug(flow, 'Each capture', [3.4, 2.2]);
  flow.function('Not seen', [1.3, 3.2], NOT_SEEN);
  flow.comment('When a device, or all of it, fails', [0, 4.2]);
  failed(
    flow,
    [0, 5],
    "'looking for ' + (msg.address || 'an address') + (msg.found ? ' on ' + msg.found.id : '')",
    ['Which device saw it', 'One by one', 'Its packets', 'Captured', 'Not seen'],
  );
  postToSlack(flow, [2.4, 4.2]);
  flow.chain('POST /allegro/which', 'Accepted');
  flow.chain(
    'POST /allegro/which',
    'Which device saw it',
    'One by one',
    'Saw it?',
    'Its packets',
    'Captured',
    FORM,
  );
  flow.wire('Sample address', 'Which device saw it');
  flow.wire('Saw it?', 'Not seen', 1);
  flow.wire('Not seen', FORM);
  flow.wire('One by one', FORM, 1);
  flow.wire('Its packets', 'Each capture');
  flow.wire('What went wrong', FORM);
  return flow;
}

const ONE_BY_ONE = `const { devices, address, seenBy } = msg.payload;
const summary = {
    title: address + ' was seen by ' + seenBy + ' of ' + devices.length + ' devices',
    text: devices.map((one) => '• \`' + one.id + '\`: ' + (one.error ? one.error.message || one.error.what || 'could not be asked'
        : one.seen ? (one.totalBytes / 1e6).toFixed(2) + ' MB' : 'not seen')).join('\\n')
};
return [devices.filter((one) => one.seen !== null).map((found) => ({ found, address, payload: {} })), summary];`;

const CAPTURED = `const p = msg.payload;
msg.title = msg.address + ' on ' + msg.found.id + ': ' + p.packets + ' packets';
msg.text = (p.bytes / 1e6).toFixed(2) + ' MB in \`' + (p.filename || 'no file') + '\`\\nSHA-256 \`' + p.sha256 + '\`';
return msg;`;

const NOT_SEEN = `msg.title = msg.address + ' on ' + msg.found.id + ': not seen';
msg.text = 'No traffic in the last ten minutes.';
return msg;`;
