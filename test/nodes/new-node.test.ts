import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const INDEX = 'nodes/definitions/index.ts';

it('begins a node with its definition, its lines in the index and its test', () => {
  const folder = mkdtempSync(join(tmpdir(), 'new-node-'));
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  cpSync(join(ROOT, INDEX), join(folder, INDEX), { recursive: true });
  const run = (...args: string[]) => {
    const script = [require.resolve('tsx/cli'), join(ROOT, 'scripts/new-node.ts'), ...args];
    return spawnSync(process.execPath, script, { cwd: folder, encoding: 'utf8' });
  };

  expect(run('list-clusters', 'ring-buffer')).toMatchObject({ status: 0, stderr: '' });
  expect(read('nodes/definitions/ring-buffer/list-clusters.ts')).toContain(
    "export const listClusters = defineNode({\n  name: 'listClusters',\n  label: 'List Clusters',\n  group: 'Ring Buffer',",
  );
  expect(read('test/nodes/definitions/ring-buffer/list-clusters.test.ts')).toContain(
    "from '../../../../nodes/definitions/ring-buffer/list-clusters'",
  );
  expect(read(INDEX)).toContain("import { listClusters } from './ring-buffer/list-clusters';");
  expect(read(INDEX)).toContain('  ringBufferStatus,\n  listClusters,\n  uploadPcap,');

  // Nothing that exists is overwritten, and a mistyped group makes no folder.
  expect(run('list-clusters', 'ring-buffer').stderr).toContain('exists already');
  expect(run('list-clusters', 'buffers')).toMatchObject({ status: 1 });
  expect(run('ListClusters').stderr).toContain('Usage: npm run new-node');
});
