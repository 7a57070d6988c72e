import { about, ERROR_WORDS, failed, message, postToSlack, settings, STEP } from '../n8n-parts';
import { typed, WorkflowBuilder, type Place } from '../n8n-workflow';

const AGAIN = { retryOnFail: true, maxTries: 5, waitBetweenTries: 5000 };
const TABLE = { __rl: true, mode: 'name', value: 'allegro_preservations' };
const COLUMNS = { noteId: 'string', until: 'number', reason: 'string' };
const onError = { onError: 'continueErrorOutput' };

export function preserveOnly(): WorkflowBuilder {
  const flow = new WorkflowBuilder('03 Preserve the Ring Buffer');
  flow.note(
    about(
      'Preserve what is in the ring buffer',
      'Somebody fills in a form: why, and for how many minutes. The ring buffer stands still, Slack is told by whom and until when, reminded before the end, and the buffer records again by itself. Where two ask for it at once, the later end counts.',
      [
        STEP.allegro,
        STEP.slack,
        'Publish the workflow: only then n8n waits across a restart, and the form has its address. The table `allegro_preservations` makes itself',
      ],
      'the admin role, or a token that may change the configuration. **While the buffer is suspended it records nothing, for all users.** The appliance does not tell who suspended it: a buffer that somebody else has suspended records again at the end of the time as well.',
    ),
    [-3, -0.9],
    [2.6, 4],
  );
  flow.section('### Form', [0, 0], [3, 1]);
  flow.section(
    '### Suspend, and say so\nThe end is noted first: there is no moment in which nobody would resume.',
    [4, 0],
    [7, 0],
  );
  flow.section(
    '### Wait\nThe reminder comes at four fifths of the time. n8n keeps waits of less than 65 s in memory: where a restart ends one, the round of every five minutes finds the note.',
    [8, 0],
    [11, 0],
  );
  flow.section(
    '### Record again\nOnly if nobody asked for more time. Five tries. If all fail, somebody is told, and five minutes later it is tried again.',
    [5, 2],
    [11, 2],
  );
  flow.section('### When something fails', [5, 4], [9, 5]);

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
  flow.node('Every Five Minutes', 'scheduleTrigger', [0, 1], {
    rule: { interval: [{ field: 'minutes', minutesInterval: 5 }] },
  });
  settings(flow, [1, 0], ['slackWebhook'], {
    minutes: typed('number', '={{ Math.min(Math.max(Number($json.Minutes) || 0, 0.05), 1440) }}'),
    until: typed(
      'number',
      '={{ Date.now() + Math.min(Math.max(Number($json.Minutes) || 0, 0.05), 1440) * 60000 }}',
    ),
  });
  flow.node('Make Table', 'dataTable', [2, 0], {
    resource: 'table',
    operation: 'create',
    tableName: TABLE.value,
    columns: { column: Object.entries(COLUMNS).map(([name, type]) => ({ name, type })) },
    options: { createIfNotExists: true },
  });
  flow.when(
    'From the Form?',
    [3, 0],
    '={{ $("Settings").first().json.Reason ?? "" }}',
    { type: 'string', operation: 'notEmpty', singleValue: true },
    '',
  );
  flow.node('Note Until When', 'dataTable', [4, 0], {
    ...row('insert', {}),
    ...values({
      noteId: '={{ $execution.id }}',
      until: '={{ $("Settings").first().json.until }}',
      reason: '={{ $("Settings").first().json.Reason }}',
    }),
  });
  flow.allegro('Suspend', 'suspendBuffer', [5, 0], { bufferAction: 'suspend' }, onError);
  message(
    flow,
    'Suspended',
    [6, 0],
    '=Ring buffer suspended: {{ $("Settings").first().json.Reason }}',
    '=By {{ $("Settings").first().json["Your name"] }}, on {{ $json.device }}. *Nothing is recorded* until {{ DateTime.fromMillis($("Settings").first().json.until).toFormat("d LLLL yyyy, HH:mm:ss ZZZZ") }} at least.',
  );
  const slackNames = ['Say It Is Suspended', 'Remind', 'Say It Records'];
  const slack = (index: number, place: Place) => postToSlack(flow, place, slackNames[index]);
  // A chat that is down must not keep the buffer from recording again.
  slack(0, [7, 0]);
  wait(flow, 'Wait Until Reminder', [8, 0], 0.8);
  message(
    flow,
    'Reminder',
    [9, 0],
    '=Reminder: the ring buffer is still suspended',
    '=For: {{ $("Settings").first().json.Reason }}. Its time ends in {{ ($("Settings").first().json.minutes * 0.2).toFixed(1) }} minutes. Take out what you need now.',
  );
  slack(1, [10, 0]);
  wait(flow, 'Wait Until End', [11, 0], 0.2);

  flow.node('Time Is Over', 'dataTable', [5, 2], {
    ...row('get', { until: ['lt', '={{ Date.now() }}'] }),
    limit: 50,
  });
  flow.node(
    'Notes That Hold',
    'dataTable',
    [6, 2],
    { ...row('get', { until: ['gte', '={{ Date.now() }}'] }), limit: 1 },
    { executeOnce: true, alwaysOutputData: true },
  );
  flow.when(
    'Nobody Longer?',
    [7, 2],
    '={{ $json.noteId ?? "" }}',
    { type: 'string', operation: 'empty', singleValue: true },
    '',
  );
  flow.allegro(
    'Resume',
    'suspendBuffer',
    [8, 2],
    { bufferAction: 'resume' },
    { ...AGAIN, ...onError },
  );
  // Where two rounds meet, one of them finds nothing to forget, and says nothing.
  flow.node(
    'Forget the Notes',
    'dataTable',
    [9, 2],
    row('deleteRows', { until: ['lt', '={{ Date.now() }}'] }),
  );
  flow.set(
    'Recording',
    [10, 2],
    {
      title: 'Ring buffer records again',
      text: '=On {{ $("Resume").first().json.device }}, since {{ $("Resume").first().json.at }}. It was suspended for: {{ $input.all().map(({ json }) => json.reason).join("; ") }}',
    },
    { executeOnce: true },
  );
  slack(2, [11, 2]);

  failed(flow, [5, 4], 'the ring buffer could not be suspended');
  flow.set(
    'Still Suspended',
    [7, 4],
    {
      title: 'Failed: the ring buffer is STILL SUSPENDED',
      text: `={{ ${ERROR_WORDS} }}\nNothing is recorded. Resume it by hand: _Generic → Packet ring buffer_ on the appliance, or the node _Suspend Buffer_. It is tried again in five minutes.`,
    },
    { executeOnce: true },
  );
  postToSlack(flow, [9, 4]);
  // A request that was refused was not obeyed; one without an answer may have been.
  flow.when(
    'Refused?',
    [5, 5],
    '={{ $json.details?.status >= 400 && $json.details.status < 500 }}',
    { type: 'boolean', operation: 'true', singleValue: true },
    '',
  );
  const own = { noteId: ['eq', '={{ $execution.id }}'] } as const;
  flow.node('Take Back the Note', 'dataTable', [6, 5], row('deleteRows', own));
  flow.node('Its Time Is Over', 'dataTable', [7, 5], {
    ...row('update', own),
    ...values({ until: 0 }),
  });
  for (const node of flow.named(...slackNames)) {
    Object.assign(node, { onError: 'continueRegularOutput' });
  }

  flow.chain('Preserve Form', 'Settings', 'Make Table', 'From the Form?');
  flow.connect('Every Five Minutes', 'Settings');
  flow.chain('From the Form?', 'Note Until When', 'Suspend', 'Suspended', 'Say It Is Suspended');
  flow.chain('Say It Is Suspended', 'Wait Until Reminder', 'Reminder', 'Remind', 'Wait Until End');
  flow.connect('From the Form?', 'Time Is Over', 1);
  flow.chain(
    'Wait Until End',
    'Time Is Over',
    'Notes That Hold',
    'Nobody Longer?',
    'Resume',
    'Forget the Notes',
  );
  flow.chain('Forget the Notes', 'Recording', 'Say It Records');
  flow.connect('Suspend', 'What Went Wrong', 1);
  flow.connect('Suspend', 'Refused?', 1);
  flow.connect('Refused?', 'Take Back the Note');
  flow.connect('Refused?', 'Its Time Is Over', 1);
  flow.connect('Its Time Is Over', 'Time Is Over');
  flow.connect('Resume', 'Still Suspended', 1);
  flow.connect('What Went Wrong', 'Post to Slack');
  flow.connect('Still Suspended', 'Post to Slack');
  return flow;
}

/** Parameters of a Data Table node for the rows of which all conditions hold. */
function row(
  operation: string,
  conditions: Partial<Record<keyof typeof COLUMNS, readonly [condition: string, value: string]>>,
): Record<string, unknown> {
  const filters = {
    conditions: Object.entries(conditions).map(([keyName, [condition, keyValue]]) => ({
      keyName,
      condition,
      keyValue,
    })),
  };
  const which = filters.conditions.length > 0 ? { matchType: 'allConditions', filters } : {};
  return { resource: 'row', operation, dataTableId: TABLE, ...which, options: {} };
}

/** What a Data Table node writes into a row. */
function values(value: Partial<Record<keyof typeof COLUMNS, string | number>>): {
  columns: object;
} {
  const schema = Object.entries(COLUMNS)
    .filter(([name]) => name in value)
    .map(([name, type]) => ({
      id: name,
      displayName: name,
      required: false,
      defaultMatch: false,
      display: true,
      type,
      canBeUsedToMatch: true,
    }));
  return {
    columns: {
      mappingMode: 'defineBelow',
      value,
      matchingColumns: [],
      schema,
      attemptToConvertTypes: false,
      convertFieldsToString: false,
    },
  };
}

function wait(flow: WorkflowBuilder, name: string, place: Place, share: number): void {
  const amount = `={{ Math.max(1, Math.ceil($("Settings").first().json.minutes * 60 * ${share})) }}`;
  flow.node(name, 'wait', place, { resume: 'timeInterval', amount, unit: 'seconds' });
}
