import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../n8n-host';
import { findProgram, Program } from './program';

const PACKAGE = 'postgresql';
const USER = 'n8n';
const START_LIMIT_SECONDS = 120;

/** A PostgreSQL of its own on the loopback, in a folder of its own. */
export class Postgres {
  private constructor(
    readonly port: number,
    private readonly password: string,
    private readonly program: Program,
  ) {}

  /** @param parent a folder that exists; the data goes below it */
  static async start(parent: string): Promise<Postgres> {
    // PostgreSQL refuses to run as root: Debian's package brings a user for it.
    const user = process.getuid?.() === 0 ? systemUser('postgres') : undefined;
    const folder = join(parent, 'postgres');
    const [data, passwordFile] = [join(folder, 'data'), join(folder, 'password')];
    const password = randomBytes(16).toString('hex');
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (user) {
      // Others may pass through the folder above, and see nothing of it.
      chmodSync(parent, 0o711);
      for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid);
    }
    execFileSync(
      findProgram('initdb', PACKAGE),
      ['-D', data, '-U', USER, '-E', 'UTF8', '--locale=C.UTF-8', '--auth=scram-sha-256'].concat(
        `--pwfile=${passwordFile}`,
      ),
      { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], ...user },
    );
    const port = await freePort();
    const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: folder };
    const program = Program.start({
      name: 'postgres',
      command: findProgram('postgres', PACKAGE),
      parameters: ['-D', data, '-p', String(port)].concat(
        Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ),
      folder,
      user,
    });
    const postgres = new Postgres(port, password, program);
    try {
      await program.untilReady(() => postgres.answers(), START_LIMIT_SECONDS);
      await postgres.query('CREATE DATABASE n8n', 'postgres');
      return postgres;
    } catch (error) {
      await postgres.stop();
      throw error;
    }
  }

  /** How n8n reaches it. */
  get settings(): Record<string, string> {
    return {
      DB_TYPE: 'postgresdb',
      DB_POSTGRESDB_HOST: '127.0.0.1',
      DB_POSTGRESDB_PORT: String(this.port),
      DB_POSTGRESDB_DATABASE: 'n8n',
      DB_POSTGRESDB_USER: USER,
      DB_POSTGRESDB_PASSWORD: this.password,
    };
  }

  /** Rows of a query, each an array of its columns as text. */
  async query(sql: string, database = 'n8n'): Promise<string[][]> {
    const place = ['-h', '127.0.0.1', '-p', String(this.port), '-U', USER, '-d', database];
    const { stdout } = await promisify(execFile)(
      findProgram('psql', PACKAGE),
      [...place, '-X', '-A', '-t', '-F', '\t', '-v', 'ON_ERROR_STOP=1', '-c', sql],
      {
        env: { PATH: process.env.PATH, PGPASSWORD: this.password },
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      },
    );
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => line.split('\t'));
  }

  get cpuSeconds(): number {
    return this.program.cpuSeconds;
  }

  /** At once, breaking connections off ("fast shutdown"). */
  stop(): Promise<void> {
    return this.program.stop('SIGINT');
  }

  private answers(): Promise<boolean> {
    return this.query('SELECT 1', 'postgres').then(
      () => true,
      () => false,
    );
  }
}

function systemUser(name: string): { uid: number; gid: number } {
  const id = (what: string) =>
    Number(execFileSync('id', [what, name], { encoding: 'utf8' }).trim());
  return { uid: id('-u'), gid: id('-g') };
}
