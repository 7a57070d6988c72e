import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, isFree } from '../hosts/free-port';
import { findProgram, Program } from './program';

const HOST = '127.0.0.1';

/** A program of its own on the loopback, in a folder of its own. */
export interface Service {
  port: number;
  stop(): Promise<void>;
}

/** Redis, which writes to disk each second what it holds. */
export async function startRedis(parent: string): Promise<Service> {
  const folder = makeFolder(parent, 'redis');
  const port = await freePort();
  const options = { port, bind: HOST, dir: folder, save: '', appendonly: 'yes' };
  const parameters = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const command = findProgram('redis-server', 'redis-server');
  const program = await Program.start(
    { name: 'redis', command, parameters, folder },
    async () => !(await isFree(port)),
  );
  return { port, stop: () => program.stop() };
}

interface Broker extends Service {
  /** How often anybody has subscribed to anything so far. */
  subscriptions(): number;
}

/** An MQTT broker. */
export async function startMosquitto(parent: string): Promise<Broker> {
  const folder = makeFolder(parent, 'mosquitto');
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  // As root it would become another user, who may not read this folder.
  const user = `user ${userInfo().username}`;
  const lines = [`listener ${port} ${HOST}`, 'allow_anonymous true', user, 'persistence false'];
  const logs = ['log_dest stderr', 'log_type error', 'log_type subscribe'];
  writeFileSync(file, `${[...lines, 'max_queued_messages 0', ...logs].join('\n')}\n`);
  const command = findProgram('mosquitto', 'mosquitto');
  const parameters = ['-c', file];
  const program = await Program.start(
    { name: 'mosquitto', command, parameters, folder },
    async () => !(await isFree(port)),
  );
  // Such as "1795731272: allegro-keeper 1 allegro/receipts/+": time, client, QoS, topic.
  const subscriptions = () => [...program.log.matchAll(/^\d+: \S+ [012] \S+$/gm)].length;
  return { port, subscriptions, stop: () => program.stop() };
}

export interface Postgres extends Service {
  password: string;
  /** Rows of a query, as objects. */
  query<Row>(sql: string): Promise<Row[]>;
  execute(sql: string, database?: string): Promise<string>;
}

/** PostgreSQL with an empty database for n8n. */
export async function startPostgres(parent: string): Promise<Postgres> {
  // PostgreSQL refuses to run as root: Debian's package brings a user for it.
  const user = process.getuid?.() === 0 ? systemUser('postgres') : undefined;
  const folder = makeFolder(parent, 'postgres');
  const [data, passwordFile] = [join(folder, 'data'), join(folder, 'password')];
  const password = randomBytes(16).toString('hex');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) {
    // Others may pass through the folder above, and see nothing of it.
    chmodSync(parent, 0o711);
    for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid);
  }
  const setup = ['-D', data, '-U', 'n8n', '-E', 'UTF8', '--locale=C.UTF-8'];
  const login = ['--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const silent = { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] } as const;
  execFileSync(findProgram('initdb', 'postgresql'), [...setup, ...login], {
    ...silent,
    stdio: [...silent.stdio],
    ...user,
  });
  const port = await freePort();
  const execute = async (sql: string, database = 'n8n') => {
    const where = ['-h', HOST, '-p', `${port}`, '-U', 'n8n', '-d', database];
    const { stdout } = await promisify(execFile)(
      findProgram('psql', 'postgresql'),
      [...where, '-X', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', sql],
      { env: { PATH: process.env.PATH, PGPASSWORD: password }, maxBuffer: 2 ** 26 },
    );
    return stdout;
  };
  // What a power cut would lose is not tested, and a slow disk would hold everything up.
  const settings = [`listen_addresses=${HOST}`, `unix_socket_directories=${folder}`, 'fsync=off'];
  const parameters = ['-D', data, '-p', `${port}`, ...settings.flatMap((text) => ['-c', text])];
  const program = await Program.start(
    {
      ...{ name: 'postgres', command: findProgram('postgres', 'postgresql'), folder, user },
      parameters,
    },
    () => execute('SELECT 1', 'postgres').then(Boolean, () => false),
  );
  // A "fast shutdown", which breaks connections off.
  const stop = () => program.stop('SIGINT');
  await execute('CREATE DATABASE n8n', 'postgres').catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    ...{ port, password, execute, stop },
    async query<Row>(sql: string) {
      const text = await execute(`SELECT coalesce(json_agg(t), '[]') FROM (${sql}) t`);
      return JSON.parse(text) as Row[];
    },
  };
}

function makeFolder(parent: string, name: string): string {
  const folder = join(parent, name);
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

function systemUser(name: string): { uid: number; gid: number } {
  const id = (what: string) => Number(execFileSync('id', [what, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
