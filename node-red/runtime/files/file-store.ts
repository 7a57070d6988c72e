import { join } from 'node:path';
import type { RuntimeApi } from '../runtime-api';
import { CrashNotes } from '../state/crash-notes';
import { ResumePlans } from '../suspensions/planned-resumes';
import { TemporaryFiles } from './temporary-files';

/** What storing the files of one message takes of this Node-RED. */
export interface FileStore {
  /** What relative folders are relative to. Absolute. */
  workingFolder: string;
  temporaryFiles: TemporaryFiles;
  /** Of ring buffers that are suspended. */
  suspensions: CrashNotes;
  resumePlans: ResumePlans;
  /** Paths of the message's own files, which must not replace each other. */
  stored: Set<string>;
}

type Shared = Omit<FileStore, 'workingFolder' | 'stored'>;

/** By user directory: node sets are registered one by one, and share it. */
const shared = new Map<string | undefined, Shared>();

/** The file store of a Node-RED, for one message. */
export function fileStoreOf(RED: Pick<RuntimeApi, 'settings'>): FileStore {
  const { userDir } = RED.settings;
  const known = shared.get(userDir) ?? openShared(userDir);
  shared.set(userDir, known);
  return { workingFolder: workingFolder(RED), stored: new Set(), ...known };
}

function openShared(userDir: string | undefined): Shared {
  const notes = (name: string) =>
    new CrashNotes(userDir === undefined ? undefined : join(userDir, 'allegro-multimeter', name));
  const suspensions = notes('suspended');
  return {
    temporaryFiles: new TemporaryFiles(notes('writing')),
    suspensions,
    resumePlans: new ResumePlans(suspensions),
  };
}

/** Where Node-RED's own file nodes begin. */
export function workingFolder({ settings }: Pick<RuntimeApi, 'settings'>): string {
  return settings.fileWorkingDirectory || settings.userDir || process.cwd();
}
