import { defineNode } from '../model/define-node';
import { DEVICE_ONLY_FIELD, readAddress } from '../fields/address';
import { deviceFields } from '../fields/device-scope';
import { refuseAnalysisSlot, RING_BUFFER_FIELD } from '../fields/ring-buffer';
import { resumeNow, suspendFor } from './planned-resume';
import { resumeLeftover } from './resume-leftover';
import { say } from '../../../client/values/sentence';

const UNCONFIRMED = say`The appliance accepted the command but does not report the state of the ring buffer. Check it in its web interface.`;

/** Suspends or resumes the packet ring buffer. */
export const suspendBuffer = defineNode({
  name: 'suspendBuffer',
  label: 'Suspend Buffer',
  variants: {
    field: 'bufferAction',
    own: 'suspend',
    others: {
      resume: {
        name: 'resumeBuffer',
        label: 'Resume Buffer',
        verb: 'Resume',
        action: 'Resume the buffer',
        description: 'Resumes recording to the ring buffer; the oldest packets are overwritten',
      },
    },
  },
  group: 'Ring Buffer',
  verb: 'Suspend',
  action: 'Suspend the buffer',
  description:
    'Suspends the ring buffer, so that its packets stay as evidence, or resumes recording',
  details: [
    'While suspended, the buffer keeps its packets, which can be captured, but records nothing new. Statistics continue.',
    'The state is read back; if it has not changed, that is an error. If the firmware does not report it, "suspended" is null, "unconfirmed" is true, and a warning says so.',
    'Resume After plans the resume, also over a restart or redeploy. The status says when. While the appliance does not answer, it is tried for about a day, and again after the next deploy or start; a refusal is reported at once. The next Suspend or Resume for the buffer replaces the plan. A buffer that someone else had suspended stays suspended, with a warning.',
    'Without Resume After, a later step has to resume the buffer, with the action Resume as in example 03: nothing else does. Running the node twice is safe.',
  ],
  permission: 'The admin role, or a token that may change the configuration',
  source: 'Python Script Example - POST command to pause ring buffer',
  warnings: [
    {
      text: 'A suspended ring buffer records nothing, for all users of the appliance, until it is resumed.',
      showWhen: { bufferAction: ['suspend'] },
    },
  ],
  fields: [
    {
      name: 'bufferAction',
      label: 'Action',
      type: 'options',
      // What the node is named after. No message property: a message cannot overrule a default.
      default: 'suspend',
      required: true,
      options: [
        {
          value: 'suspend',
          label: 'Suspend',
          description: 'Keep recorded packets, record nothing new',
        },
        {
          value: 'resume',
          label: 'Resume',
          description: 'Resume recording; the oldest packets are overwritten',
        },
      ],
      description: 'Suspend or resume recording',
    },
    {
      name: 'resumeAfterMinutes',
      label: 'Resume After',
      type: 'number',
      default: null,
      min: 0.01,
      max: 10_080,
      unit: 'min',
      placeholder: 'e.g. 30',
      description: 'Time after which the buffer is resumed automatically. Blank for never',
      messageProperty: 'resumeAfterMinutes',
      showWhen: { bufferAction: ['suspend'] },
      onlyIn: 'Node-RED',
    },
    RING_BUFFER_FIELD,
    ...deviceFields(DEVICE_ONLY_FIELD),
  ],
  sampleOutput: {
    ringBuffer: 0,
    suspended: true,
    unconfirmed: false,
    at: '2026-11-23T15:50:00.000Z',
    resumeAt: null,
    device: 'https://allegro-mm-1a2b',
    answer: { isSuspended: true },
    warnings: [],
  },
  producesFile: false,

  resumeLeftover,

  async *run(context, values) {
    const { client } = context;
    const { bufferAction, ringBuffer, resumeAfterMinutes } = values;
    const suspended = bufferAction === 'suspend';
    const address = readAddress(values);
    refuseAnalysisSlot(address);
    context.progress({ step: suspended ? 'suspending' : 'resuming' });
    const change = suspended ? suspendFor : resumeNow;
    const { isConfirmed, answer, resumeAt, warnings } = await change(context, {
      ...{ ringBuffer, address, resumeAfterMinutes },
    });
    yield {
      json: {
        ringBuffer,
        suspended: isConfirmed ? suspended : null,
        unconfirmed: !isConfirmed,
        at: new Date(client.now()).toISOString(),
        resumeAt,
        device: client.baseUrl,
        mmId: address.mmId,
        answer,
        warnings: isConfirmed ? warnings : [...warnings, UNCONFIRMED],
      },
    };
  },
});
