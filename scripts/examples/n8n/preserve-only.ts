import { about, ERROR_WORDS, failed, message, postToSlack, settings, STEP } from '../n8n-parts';
import { typed, WorkflowBuilder, type Place } from '../n8n-workflow';

const AGAIN = { retryOnFail: true, maxTries: 5, waitBetweenTries: 5000 };
const onError = { onError: 'continueErrorOutput' };

export function preserveOnly(): WorkflowBuilder {
  const flow = new WorkflowBuilder('03 Preserve the Ring Buffer');
  flow.note(
    about(
      'Preserve what is in the ring buffer',
      'Somebody fills in a form: why, and for how many minutes. The ring buffer stands still, Slack is told by whom and until when, reminded before the end, and the buffer records again by itself.',
      [
        STEP.allegro,
        STEP.slack,
        'Publish the workflow: only then n8n waits across a restart, and the form has its address',
      ],
      'the admin role, or a token that may change the configuration. **While the buffer is suspended it records nothing, for all users.**',
    ),
    [-3, -0.9],
    [2.6, 3],
  );
  flow.section('### Form', [0, 0], [1, 0]);
  flow.section('### Suspend, and say so', [2, 0], [4, 0]);
  flow.section(
    '### Wait\nTwo waits that n8n keeps in its database: the reminder comes at four fifths of the time.',
    [5, 0],
    [8, 0],
  );
  flow.section(
    '### Record again\nFive tries. If all fail, somebody has to do it by hand, and is told so.',
    [9, 0],
    [11, 0],
  );
  flow.section('### When something fails', [2, 2], [4, 2]);

  flow.node('Preserve Form', 'formTrigger', [0, 0], {
    formTitle: 'Preserve the ring buffer',
    formDescription:
      'Keeps what is recorded, and records nothing new until the time is over. Use it when old packets must not be overwritten.',
    formFields: {
      values: [
        { fieldLabel: 'Reason', placeholder: 'e.g. Incident 4711', requiredField: true },
        { fieldLabel: 'Minutes', fieldType: 'number', placeholder: '30', requiredField: true },
        { fieldLabel: 'Your name', requiredField: true },
      ],
    },
    options: {
      path: 'allegro-preserve',
      respondWithOptions: {
        values: {
          formSubmittedText: 'The ring buffer is being suspended. Slack tells when it is.',
        },
      },
    },
  });
  flow.pin('Preserve Form', {
    Reason: 'Incident 4711',
    Minutes: 30,
    'Your name': 'Anna',
    submittedAt: '2026-11-23T16:50:00.000+01:00',
    formMode: 'test',
  });
  settings(flow, [1, 0], ['slackWebhook'], {
    minutes: typed('number', '={{ Math.min(Math.max(Number($json.Minutes) || 0, 0.05), 1440) }}'),
  });
  flow.allegro('Suspend', 'suspendBuffer', [2, 0], { bufferAction: 'suspend' }, onError);
  message(
    flow,
    'Suspended',
    [3, 0],
    '=Ring buffer suspended: {{ $("Settings").item.json.Reason }}',
    '=By {{ $("Settings").item.json["Your name"] }}, on {{ $json.device }}. *Nothing is recorded* until {{ $now.plus({ minutes: $("Settings").item.json.minutes }).toFormat("d LLLL yyyy, HH:mm:ss ZZZZ") }}.',
  );
  const slackNames = ['Say It Is Suspended', 'Remind', 'Say It Records'];
  const slack = (index: number, place: Place) => postToSlack(flow, place, slackNames[index]);
  // A chat that is down must not keep the buffer from recording again.
  slack(0, [4, 0]);
  wait(flow, 'Wait Until Reminder', [5, 0], 0.8);
  message(
    flow,
    'Reminder',
    [6, 0],
    '=Reminder: the ring buffer is still suspended',
    '=For: {{ $("Settings").item.json.Reason }}. It records again in {{ ($("Settings").item.json.minutes * 0.2).toFixed(1) }} minutes. Take out what you need now.',
  );
  slack(1, [7, 0]);
  wait(flow, 'Wait Until End', [8, 0], 0.2);
  flow.allegro(
    'Resume',
    'suspendBuffer',
    [9, 0],
    { bufferAction: 'resume' },
    { ...AGAIN, ...onError },
  );
  message(
    flow,
    'Recording',
    [10, 0],
    'Ring buffer records again',
    '=On {{ $json.device }}, since {{ $json.at }}. It was suspended for: {{ $("Settings").item.json.Reason }}',
  );
  slack(2, [11, 0]);
  failed(flow, [2, 2], 'the ring buffer could not be suspended');
  flow.set(
    'Still Suspended',
    [3, 2],
    {
      title: 'Failed: the ring buffer is STILL SUSPENDED',
      text: `={{ ${ERROR_WORDS} }}\nNothing is recorded. Resume it by hand: _Generic → Packet ring buffer_ on the appliance, or the node _Suspend Buffer_.`,
    },
    { executeOnce: true },
  );
  postToSlack(flow, [4, 2]);
  for (const node of flow.named(...slackNames)) {
    Object.assign(node, { onError: 'continueRegularOutput' });
  }

  flow.chain('Preserve Form', 'Settings', 'Suspend', 'Suspended', 'Say It Is Suspended');
  flow.chain('Say It Is Suspended', 'Wait Until Reminder', 'Reminder', 'Remind', 'Wait Until End');
  flow.chain('Wait Until End', 'Resume', 'Recording', 'Say It Records');
  flow.connect('Suspend', 'What Went Wrong', 1);
  flow.connect('Resume', 'Still Suspended', 1);
  flow.connect('What Went Wrong', 'Post to Slack');
  flow.connect('Still Suspended', 'Post to Slack');
  return flow;
}

function wait(flow: WorkflowBuilder, name: string, place: Place, share: number): void {
  const amount = `={{ Math.max(1, Math.round($("Settings").item.json.minutes * 60 * ${share})) }}`;
  flow.node(name, 'wait', place, { resume: 'timeInterval', amount, unit: 'seconds' });
}
