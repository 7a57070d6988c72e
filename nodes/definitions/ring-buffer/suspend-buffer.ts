import { defineNode } from '../model/define-node';
import { DEVICE_ONLY_FIELD, readAddress } from '../fields/address';
import { deviceFields } from '../fields/device-scope';
import { refuseAnalysisSlot, RING_BUFFER_FIELD } from '../fields/ring-buffer';

const UNCONFIRMED =
  'The appliance accepted the command but does not report the state of the ring buffer. Check it in its web interface.';

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
        action: 'Resume buffer',
        description: 'Resumes recording to the ring buffer; the oldest packets are overwritten',
      },
    },
  },
  group: 'Ring Buffer',
  verb: 'Suspend',
  action: 'Suspend buffer',
  description:
    'Suspends the ring buffer, so that its packets stay as evidence, or resumes recording',
  details: [
    'While suspended, the buffer keeps its packets, which can be captured, but records nothing new. Statistics continue.',
    'The state is read back; if it has not changed, that is an error. If the firmware does not report it, "suspended" is null, "unconfirmed" is true, and a warning says so.',
    'Nothing else resumes the buffer. Running the node twice is safe.',
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
      // A dangerous action is never a default: a person has to choose.
      default: '',
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
      messageProperty: 'bufferAction',
    },
    RING_BUFFER_FIELD,
    ...deviceFields(DEVICE_ONLY_FIELD),
  ],
  sampleOutput: {
    ringBuffer: 0,
    suspended: true,
    device: 'https://allegro-mm-1a2b',
    at: '2026-11-23T15:50:00.000Z',
    unconfirmed: false,
    answer: { isSuspended: true },
    warnings: [],
  },
  producesFile: false,

  async *run({ client, signal, progress }, values) {
    const suspended = values.bufferAction === 'suspend';
    const ringBuffer = values.ringBuffer;
    const address = readAddress(values);
    refuseAnalysisSlot(address);
    progress({ step: suspended ? 'suspending' : 'resuming' });
    const options = { signal, address };
    const { isConfirmed, answer } = await client.setRingBufferSuspended(
      ringBuffer,
      suspended,
      options,
    );
    yield {
      json: {
        ringBuffer,
        suspended: isConfirmed ? suspended : null,
        unconfirmed: !isConfirmed,
        device: client.baseUrl,
        mmId: address.mmId,
        at: new Date(client.now()).toISOString(),
        answer,
        warnings: isConfirmed ? [] : [UNCONFIRMED],
      },
    };
  },
});
