import { FILE_TARGET_FIELDS } from '../../node-red/runtime/files/file-target-fields';
import { QUEUE_FIELDS } from '../../node-red/runtime/nodes/queue-fields';
import {
  DEVICE_RESULTS_TEXT,
  SAMPLE_DEVICE_FAILURE,
} from '../../nodes/definitions/model/device-results';
import { errorPage } from './errors';
import { columnTable, fieldsText, fullFieldTable } from './field-table';
import { jsonBlock } from './node-page';
import { CAPTURE_FILTERS, DEVICES, TIME_RANGES } from './shared-fields';
import { triggersPage } from './trigger-page';

const WRITTEN = '<!-- Written by npm run docs: do not edit. -->';

/** Pages about what many nodes have in common, by their path within the tree. */
export function sharedPages(): Record<string, string> {
  return {
    'docs/errors.md': errorPage(),
    'docs/triggers.md': triggersPage(),
    'docs/time-ranges.md': [
      WRITTEN,
      '# Time ranges',
      'Nodes that look at a period share these fields. The page of a node names its defaults, and whether it also works without a time range.',
      fieldsText(TIME_RANGES.fields),
      fullFieldTable(TIME_RANGES.fields),
      '"Now" is the clock of the appliance. The start is included, the end is not.',
      'A time without a zone is in the time zone of the workflow (n8n) or of the server (Node-RED, from the variable TZ if it is set), also if it comes from an expression or a message. Let alerts carry a zone: 2026-11-23T15:50:00Z.',
    ].join('\n\n'),
    'docs/capture-filters.md': [
      WRITTEN,
      '# Capture filters',
      'A capture names its scope: one host, a connection, a filter, or all traffic. A missing or blank value that is required is an error; it never widens a capture.',
      'The scope _Connection_ takes what is known of a connection and leaves out the rest: without both ports, all packets between host and peer; without the peer, all packets of the host. `scope` in the result says which it was (`connection`, `hostPair`, `host`), `expression` what was captured.',
      'Conditions and expression are combined: `ip==10.1.2.3 and l4Protocol==TCP`. The expression is in the syntax of the appliance, as in its own search boxes.',
      fieldsText(CAPTURE_FILTERS.fields),
      fullFieldTable(CAPTURE_FILTERS.fields),
      ...CAPTURE_FILTERS.fields.flatMap(columnTable),
    ].join('\n\n'),
    'docs/devices.md': [
      WRITTEN,
      '# Devices and slots',
      'One appliance can be asked about itself, about other devices of a multi-device setup, and about its pcap analysis slots. Nodes that cannot use a slot take a device only.',
      fieldsText(DEVICES.fields),
      fullFieldTable(DEVICES.fields),
      '## Results of several devices',
      `${DEVICE_RESULTS_TEXT} A device that failed looks like this:`,
      jsonBlock(SAMPLE_DEVICE_FAILURE),
      'In Node-RED, each device that failed also reaches a Catch node, after the results, with a copy of the message, but without the HTTP request, which is answered only once.',
    ].join('\n\n'),
    'docs/node-red.md': nodeRedPage(),
  };
}

function nodeRedPage(): string {
  return [
    WRITTEN,
    '# In Node-RED',
    'Every node in Node-RED has these fields besides its own.',
    '## Messages while a node is busy',
    fullFieldTable(QUEUE_FIELDS),
    'A message with `msg.cancel` = `true` ends what a node has in progress and in its queue, each with the error ALLEGRO_CANCELLED; unfinished files are removed. One with `msg.finish` = `true` ends live captures and keeps their packets so far as a complete file; "endedBy" is then "finish". Neither ends what the appliance stores by itself.',
    '## Files',
    'Nodes whose result is a file have these, too. In n8n the file goes into the binary field that _Put Output File in Field_ names.',
    fullFieldTable(FILE_TARGET_FIELDS),
    '`msg.filename` is the full path of the file, as in the file nodes of Node-RED: Upload Pcap, Pcap Summary and _read file_ can be wired to a capture as they are. The result has the path as `path` and the name as `fileName`, for several files in `files`; an evidence file is in `evidencePath`. A buffer has no path: `msg.filename` is then the name, and `msg.fileInfo` the details of the file.',
    '_Replace_ replaces the files of the same names, once the new ones are complete. If a capture in several files had more files before, those behind the last new one stay, as does the evidence record of an earlier capture if the new one has none. A warning names them.',
    '## Status',
    [
      '- **Blue:** at work, with progress. "waiting until 15:51:02": the time range has not ended yet.',
      '- **Green:** done, with what came out: "1,834 packets, 1.5 MB".',
      '- **Yellow:** done, but worth a look: the result has warnings, some devices or elements failed, or the ring buffer is suspended ("buffer resumes at 16:20:00").',
      '- **Red ring:** failed, with the reason: "Host missing", "login refused". What to do stands in the error.',
      '- **Grey:** skipped, cancelled, or a trigger that waits.',
    ].join('\n'),
    'A trigger that polls is green, or yellow while anything is active. It adds when it polls next, also after a failure: "3 watched, 0 active, next 14:05". _Status_ nodes are notified when the number of active elements changes, and when the trigger fails or works again, not at each poll.',
    '## Language',
    'The nodes speak English and German.',
    [
      '- Forms, help and plain status texts are in the language of the editor.',
      '- Errors, warnings and a status with numbers (1,5 MB) are in the language of the runtime: `lang` in `settings.js`, or the environment variable `LANG`. That includes `msg.error.message`, the `message`, `what` and `advice` in `msg.error.cause`, `payload.warnings`, and the evidence file. What the appliance has said is quoted as it is.',
      '- All other texts of a result are data, in English everywhere: `text` of a summary, a profile or an event, `basis` of an estimate, names in charts.',
      '- Names and values are the same in every language: `msg.error.code`, `kind`, `field`, `endedBy`. Let a flow branch on these, never on a text.',
    ].join('\n'),
  ].join('\n\n');
}
