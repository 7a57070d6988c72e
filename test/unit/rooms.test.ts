import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/**
 * The arrows between the rooms of the house: who may import whom. A shared mistake of client and
 * simulator, or a host's idea in a definition, would hide from every other test.
 */
const ROOT = resolve(__dirname, '../..');

interface Room {
  /** Rooms, as folders from the root, that its files may import besides their own. */
  rooms: string[];
  /** Packages that it may import at run time. Types cost nothing and are not counted. */
  packages: string[] | 'any';
}

/** The longest name that fits a path counts. */
const ROOMS: Record<string, Room> = {
  client: { rooms: [], packages: ['crypto'] },
  'nodes/definitions': { rooms: ['client'], packages: [] },
  nodes: { rooms: ['n8n', 'nodes/definitions'], packages: ['n8n-workflow'] },
  credentials: { rooms: ['n8n'], packages: ['n8n-workflow'] },
  n8n: {
    rooms: ['client', 'nodes/definitions', 'credentials'],
    packages: ['n8n-workflow', 'crypto'],
  },
  'node-red': { rooms: ['client', 'nodes/definitions', 'credentials'], packages: 'any' },
  simulator: { rooms: [], packages: 'any' },
};

const files = Object.keys(ROOMS)
  .filter((room) => room !== 'nodes/definitions')
  .flatMap((room) => sourceFiles(join(ROOT, room)));

it('finds the rooms', () => {
  expect(files.length).toBeGreaterThan(20);
});

describe('arrows between the rooms', () => {
  it.each(files.map((file) => relative(ROOT, file)))('%s', (file) => {
    const room = roomOf(file)!;
    const { rooms, packages } = ROOMS[room];
    for (const { specifier, isType } of importsOf(join(ROOT, file))) {
      if (specifier.startsWith('.')) {
        const target = relative(ROOT, resolve(dirname(join(ROOT, file)), specifier));
        const other = roomOf(target) ?? target;
        if (other !== room) expect([...rooms, room]).toContain(other);
      } else if (packages !== 'any' && !isType) {
        expect(packages).toContain(specifier.replace(/^node:/, ''));
      }
    }
  });
});

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'dist'].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts') ? [path] : [];
  });
}

function roomOf(path: string): string | undefined {
  return Object.keys(ROOMS)
    .filter((room) => path === room || path.startsWith(room.split('/').join(sep) + sep))
    .sort((a, b) => b.length - a.length)[0];
}

function importsOf(file: string): Array<{ specifier: string; isType: boolean }> {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\b(?:import|require)\(\s*'([^']+)'\s*\)/gm,
  );
  return [...statements].map(([, type, from, called]) => ({
    specifier: from ?? called,
    isType: type !== undefined,
  }));
}
