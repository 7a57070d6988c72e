import { FlowBuilder } from '../node-red-flow';
import {
  about,
  answer,
  failed,
  FORM,
  formPage,
  inject,
  postToSlack,
  SETTINGS,
  STEP,
} from '../node-red-parts';

const INFO = about(
  'Somebody opens `/allegro/preserve` and fills in why, and for how many minutes. The ring buffer stands still, Slack is told by whom and until when, reminded before the end, and the buffer records again by itself, even if Node-RED was restarted meanwhile: what it waits for is in the file `allegro-preserve.json`. Where two ask for it at once, the later end counts.',
  [
    STEP.appliance,
    STEP.slack,
    "Keep the page to those who may suspend: it has no login of its own (`httpNodeAuth` in Node-RED's settings).",
  ],
  'the admin role, or a token that may change the configuration. **While the buffer is suspended it records nothing, for all users.** The appliance does not tell who suspended it: a buffer that somebody else has suspended records again at the end of the time as well.',
);

const FILE = { filename: 'allegro-preserve.json', filenameType: 'str', encoding: 'none' };

export function preserveOnly(): FlowBuilder {
  const flow = new FlowBuilder('03 Preserve the ring buffer', INFO, SETTINGS.slack);
  flow.comment('Preserve what is in the ring buffer: read me first', [0, -1.6], INFO);
  formPage(flow, '/allegro/preserve', PAGE);
  flow.function('Read the form', [1.2, 1], READ);
  // Before the buffer is suspended: there is no moment in which nobody would resume it.
  note(flow, 'Note until when', [2.2, 1], 'true');
  flow.allegro('Suspend', 'suspendBuffer', [3.2, 1], { bufferAction: 'suspend' });
  flow.function('Suspended', [4.2, 1], SUSPENDED, 2);
  answer(flow, 'Done', [5.2, 0]);
  flow.comment('Wait: the reminder comes at four fifths of the time', [0, 2.2]);
  flow.function('Time left', [0, 3], LEFT, 2, FORGET);
  delay(flow, 'Until reminder', [1.2, 3]);
  flow.function('Reminder', [2.2, 3], REMINDER);
  delay(flow, 'Until end', [1.2, 4]);
  flow.function('Is it over?', [2.2, 4], OVER);
  flow.allegro('Resume', 'suspendBuffer', [3.2, 4], { bufferAction: 'resume' });
  flow.function('Recording', [4.2, 5], RECORDING, 2);
  note(flow, 'Forget the note', [5.6, 5], 'delete');
  flow.comment('After a restart', [0, 5.2]);
  inject(flow, 'At the start', [0, 6], { once: true });
  flow.node('Is there a note?', 'file in', [1.2, 6], {
    ...FILE,
    format: 'utf8',
    chunk: false,
    sendError: false,
    allProps: false,
  });
  flow.function('Go on waiting', [2.4, 6], GO_ON);
  flow.catch('There is none', [1.2, 7], ['Is there a note?']);
  flow.comment('When something fails', [0, 8.2]);
  flow.catch('Resume fails', [0, 9], ['Resume']);
  flow.function('Five tries', [1.2, 9], TRIES, 2);
  delay(flow, 'In a moment', [2.2, 9]);
  flow.function('As it was before', [1.2, 11], BEFORE, 3);
  note(flow, 'Note what holds', [2.4, 11], 'true');
  failed(flow, [0, 10], WHAT, [
    'Read the form',
    'Note until when',
    'Suspend',
    'Note what holds',
    'Forget the note',
    'Go on waiting',
    ...STEPS,
  ]);
  flow.function(
    'Answer with the error',
    [2.2, 10],
    'if (!msg.res) return null;\nmsg.payload = msg.text;\nmsg.statusCode = 502;\nreturn msg;',
  );
  answer(flow, 'Not done', [3.4, 10]);
  flow.catch('Not suspended', [0, 11], ['Note until when', 'Suspend']);
  postToSlack(flow, [4.2, 2.5]);

  flow.chain('POST /allegro/preserve', 'Read the form', 'Note until when', 'Suspend', 'Suspended');
  flow.wire('Suspended', 'Done', 0);
  flow.wire('Suspended', FORM, 1);
  flow.wire('Suspended', 'Time left', 1);
  flow.wire('Time left', 'Until reminder', 0);
  flow.wire('Time left', 'Until end', 1);
  flow.chain('Until reminder', 'Reminder', FORM);
  flow.chain('Until end', 'Is it over?', 'Resume', 'Recording', FORM);
  flow.wire('Recording', 'Forget the note', 1);
  flow.chain('At the start', 'Is there a note?', 'Go on waiting', 'Time left');
  flow.chain('Resume fails', 'Five tries');
  flow.wire('Five tries', 'In a moment', 0);
  flow.wire('In a moment', 'Is it over?');
  flow.wire('Five tries', FORM, 1);
  flow.chain('What went wrong', 'Answer with the error', 'Not done');
  flow.wire('What went wrong', FORM);
  flow.chain('Not suspended', 'As it was before');
  ['Note what holds', 'Forget the note', 'Is it over?'].forEach((name, output) =>
    flow.wire('As it was before', name, output),
  );
  return flow;
}

function delay(flow: FlowBuilder, name: string, place: readonly [number, number]): void {
  flow.node(name, 'delay', place, {
    pauseType: 'delayv',
    timeout: '5',
    timeoutUnits: 'seconds',
    rate: '1',
    nbRateUnits: '1',
    rateUnits: 'second',
    randomFirst: '1',
    randomLast: '5',
    randomUnits: 'seconds',
    drop: false,
    allowrate: false,
    outputs: 1,
  });
}

/** Writes or deletes the note. */
function note(
  flow: FlowBuilder,
  name: string,
  place: readonly [number, number],
  overwriteFile: string,
): void {
  flow.node(name, 'file', place, {
    ...FILE,
    appendNewline: false,
    createDir: false,
    overwriteFile,
  });
}

const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>Preserve the ring buffer</title>
<h1>Preserve the ring buffer</h1>
<p>Keeps what is recorded, and records nothing new until the time is over.</p>
<form method="post">
  <p><label>Reason <input name="reason" required></label></p>
  <p><label>Minutes <input name="minutes" type="number" min="1" max="1440" value="30" required></label></p>
  <p><label>Your name <input name="name" required></label></p>
  <p><button>Suspend the buffer</button></p>
</form>`;

const READ = `const { reason, name } = msg.payload;
const minutes = Number(msg.payload.minutes);
if (!reason || !name || !(minutes >= 0.05 && minutes <= 1440)) {
    node.error('Reason, name and 1 to 1440 minutes are needed.', msg);
    return null;
}
// Where the buffer is kept for somebody already, the later end counts.
const known = flow.get('preserve');
msg.before = known && known.until > Date.now() ? known : null;
const until = Math.max(Date.now() + minutes * 60000, msg.before ? msg.before.until : 0);
msg.preserve = {
    reason: msg.before ? msg.before.reason + '; ' + reason : reason,
    name,
    minutes: (until - Date.now()) / 60000,
    until
};
flow.set('preserve', msg.preserve);
msg.payload = JSON.stringify(msg.preserve);
return msg;`;

const SUSPENDED = `const { reason, name, until } = msg.preserve;
const end = new Date(until).toISOString();
const page = { ...msg, payload: 'The ring buffer is suspended until ' + end + '.', headers: { 'content-type': 'text/plain' } };
msg.title = 'Ring buffer suspended: ' + reason;
msg.text = 'By ' + name + ', on ' + msg.payload.device + '. *Nothing is recorded* until ' + end + '.';
delete msg.req;
delete msg.res;
return [page, msg];`;

const FORGET = `// The note tells it again at the start.
flow.set('waitingUntil', undefined);
flow.set('preserve', undefined);`;

const LEFT = `// Once for each time, even if it is read from the note as well.
if (flow.get('waitingUntil') === msg.preserve.until) return null;
flow.set('waitingUntil', msg.preserve.until);
const left = Math.max(0, msg.preserve.until - Date.now());
const share = msg.preserve.minutes * 60000 * 0.2;
const reminder = left > share ? { preserve: msg.preserve, delay: left - share } : null;
return [reminder, { preserve: msg.preserve, delay: left }];`;

const IS_LONGER = `// Somebody has asked for more time since.
const known = flow.get('preserve');
if (known && known.until > msg.preserve.until) return null;
`;

const REMINDER = `${IS_LONGER}msg.title = 'Reminder: the ring buffer is still suspended';
msg.text = 'For: ' + msg.preserve.reason + '. It records again in ' + (msg.preserve.minutes * 0.2).toFixed(1)
    + ' minutes. Take out what you need now.';
return msg;`;

const OVER = `${IS_LONGER}return msg;`;

const RECORDING = `// A note that came meanwhile, for longer, is not ours.
const known = flow.get('preserve') || msg.preserve;
const isOurs = known.until === msg.preserve.until;
msg.title = 'Ring buffer records again';
msg.text = 'On ' + msg.payload.device + ', since ' + msg.payload.at + '. '
    + (msg.isUnsure ? 'Whether it had been suspended was not known.'
        : 'It was suspended for: ' + (isOurs ? known : msg.preserve).reason);
if (isOurs) flow.set('preserve', undefined);
return [msg, isOurs ? msg : null];`;

const GO_ON = `let note = null;
try { note = JSON.parse(msg.payload); } catch (error) { /* Told below. */ }
if (!note || !Number.isFinite(note.until)) {
    node.error('The file allegro-preserve.json is damaged, so nobody knows until when the buffer was to be suspended. '
        + 'Look whether it records, resume it if it does not, and delete the file.', msg);
    return null;
}
msg.preserve = note;
flow.set('preserve', note);
return msg;`;

const TRIES = `msg.tries = (msg.tries || 0) + 1;
const words = msg.error.message;
if (msg.tries < 5) {
    delete msg.error;
    msg.delay = 5000;
    return [msg, null];
}
msg.title = 'Failed: the ring buffer ' + (msg.isUnsure ? 'MAY BE SUSPENDED' : 'is STILL SUSPENDED');
msg.text = words + '\\nNothing is recorded while it is. Resume it by hand: Generic, Packet ring buffer on the appliance, or a node Suspend Buffer.';
return [null, msg];`;

const BEFORE = `const { preserve, error } = msg;
const known = flow.get('preserve');
// Somebody else came meanwhile, and has suspended it for longer.
if (known && known.until > preserve.until) return null;
const before = msg.before && msg.before.until > Date.now() ? msg.before : null;
flow.set('preserve', before || undefined);
if (before) return [{ payload: JSON.stringify(before) }, null, null];
// A request that was refused was not obeyed; one without an answer may have been.
const wasSent = error.source.name === 'Suspend';
const isRefused = msg.statusCode >= 400 && msg.statusCode < 500;
if (msg.before || (wasSent && !isRefused)) {
    return [null, null, { preserve, isUnsure: true, payload: {} }];
}
return [null, wasSent ? { preserve } : null, null];`;

const STEPS = [
  'Suspended',
  'Time left',
  'Reminder',
  'Is it over?',
  'Recording',
  'Five tries',
  'As it was before',
];

const WHAT = `(${JSON.stringify(STEPS)}.includes(msg.error.source.name) ? 'a step on the way to a buffer that records again' : {
    'Forget the note': 'allegro-preserve.json could not be deleted',
    'Note what holds': 'allegro-preserve.json could not be written',
    'Go on waiting': 'the ring buffer may be suspended'
}[msg.error.source.name] || 'the ring buffer could not be suspended')`;
