import { defineField } from '../model/field';

/** Whether ports that come and go with each connection or call count; see `isServicePort`. */
export const PORT_FILTER_FIELD = defineField({
  name: 'portFilter',
  label: 'Ports',
  type: 'options',
  default: 'services',
  options: [
    {
      value: 'services',
      label: 'Services',
      description: 'Without ephemeral ports (from 32768), RTP, and UDP ports from 10000',
    },
    { value: 'all', label: 'All Ports' },
  ],
  description: 'Ports to include',
});
