import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';
import { defineFields, type Field } from '../../../nodes/definitions/model/field';
import type { ValuesOf } from '../../../nodes/definitions/model/field-values';

/** Where files of a result go: part of every Node-RED node whose definition produces files. */
export const FILE_TARGET_FIELDS = defineFields([
  {
    name: 'fileTarget',
    label: 'Output',
    type: 'options',
    default: 'file',
    options: [
      {
        value: 'file',
        label: 'File on Disk',
        description: 'Streamed, any size; the path is in msg.filename',
      },
      {
        value: 'buffer',
        label: 'Buffer in msg.payload',
        description: 'Held in memory, up to a limit',
      },
    ],
    description: 'Destination of the file',
  },
  {
    name: 'fileFolder',
    label: 'Folder',
    type: 'text',
    default: '',
    placeholder: 'working directory',
    description:
      'Folder on the machine that runs Node-RED. Blank or relative: starts at the setting fileWorkingDirectory, or else the user directory',
    showWhen: { fileTarget: ['file'] },
  },
  {
    name: 'fileName',
    label: 'File Name',
    type: 'text',
    default: '',
    placeholder: 'made from device and time',
    description:
      'Name within the folder; invalid characters are replaced. Blank for a name made from device and time',
    showWhen: { fileTarget: ['file'] },
  },
  {
    name: 'fileExists',
    label: 'If It Exists',
    type: 'options',
    default: 'number',
    options: [
      { value: 'number', label: 'Add a Number', description: 'Such as name_2.pcap' },
      {
        value: 'refuse',
        label: 'Fail',
        description: 'Keep the old file, store no new one',
      },
      {
        value: 'replace',
        label: 'Replace',
        description: 'When the new file is complete; more files of one message get a number',
      },
    ],
    description: 'Action when a file of that name exists',
    showWhen: { fileTarget: ['file'] },
    advanced: true,
  },
  {
    name: 'createFolder',
    label: 'Create Folder',
    type: 'boolean',
    default: true,
    description: 'Whether to create the folder when it does not exist',
    showWhen: { fileTarget: ['file'] },
    advanced: true,
  },
  {
    name: 'bufferLimit',
    label: 'Buffer Limit',
    type: 'number',
    default: 32,
    min: 0.001,
    max: 1024,
    unit: 'MB',
    required: true,
    description: 'Maximum size in memory; a larger file fails',
    showWhen: { fileTarget: ['buffer'] },
  },
]);

const [TARGET_FIELD, ...OTHER_FIELDS] = FILE_TARGET_FIELDS;
const SMALL_FILE_FIELDS = defineFields([{ ...TARGET_FIELD, default: 'buffer' }, ...OTHER_FIELDS]);

/** The same for the files of one node, as a run reads them. */
export function targetFieldsOf({ hasSmallFiles }: Pick<NodeDefinition, 'hasSmallFiles'>) {
  return hasSmallFiles ? SMALL_FILE_FIELDS : FILE_TARGET_FIELDS;
}

/**
 * The same for the form of one node: shown only while its results are files, and folded away where
 * that is the exception.
 */
export function fileTargetFields(definition: NodeDefinition): readonly Field[] {
  const { producesFile, fileWhen, fileIsOptional } = definition;
  if (!producesFile) return [];
  return targetFieldsOf(definition).map((field: Field): Field => ({
    ...field,
    ...(fileWhen ? { showWhen: { ...fileWhen, ...field.showWhen } } : {}),
    ...(fileIsOptional ? { advanced: true } : {}),
  }));
}

/** The values of these fields. */
export type FileTargetValues = ValuesOf<typeof FILE_TARGET_FIELDS>;
