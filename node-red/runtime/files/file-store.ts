import type { RuntimeApi } from '../runtime-api';
import { TemporaryFiles } from './temporary-files';

/** What storing files takes of this Node-RED. */
export interface FileStore {
  /** What relative folders are relative to. Absolute. */
  workingFolder: string;
  temporaryFiles: TemporaryFiles;
}

/** By user directory: node sets are registered one by one, and share it. */
const temporaryFiles = new Map<string | undefined, TemporaryFiles>();

/** The file store of a Node-RED. */
export function fileStoreOf(RED: Pick<RuntimeApi, 'settings'>): FileStore {
  const { userDir } = RED.settings;
  const known = temporaryFiles.get(userDir) ?? new TemporaryFiles(userDir);
  temporaryFiles.set(userDir, known);
  return { workingFolder: workingFolder(RED), temporaryFiles: known };
}

/** Where Node-RED's own file nodes begin. */
export function workingFolder({ settings }: Pick<RuntimeApi, 'settings'>): string {
  return settings.fileWorkingDirectory || settings.userDir || process.cwd();
}
