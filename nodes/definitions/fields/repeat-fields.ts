import { defineFields } from '../model/field';

/** Whether a capture that was made already is made again, as for an alert that is delivered twice. */
export const REPEAT_FIELDS = defineFields([
  {
    name: 'skipRepeats',
    label: 'Skip Repeats',
    type: 'boolean',
    default: false,
    description: 'Whether to capture only once for an alert that is delivered several times',
    advanced: true,
  },
  {
    name: 'repeatKey',
    label: 'Repeat Key',
    type: 'text',
    default: '',
    placeholder: 'e.g. alert-4711',
    description:
      'Key that repeats have in common, such as an alert ID. Blank to compare the settings',
    messageProperty: 'repeatKey',
    showWhen: { skipRepeats: [true] },
    advanced: true,
  },
  {
    name: 'repeatMinutes',
    label: 'Skip For',
    type: 'number',
    default: 60,
    min: 0.1,
    max: 43_200,
    unit: 'min',
    description: 'Time after a capture during which its repeats are skipped',
    showWhen: { skipRepeats: [true] },
    advanced: true,
  },
]);
