import type { Alert } from './alerts';
import type { Postgres } from './postgres';

/** A row of the table in which the workflow keeps its alerts. */
export interface AlertRow {
  alertId: string;
  state: string;
  attempts: number;
  packets: number;
  sha256: string;
  executionId: string;
}

/** A file that n8n stores, hashed by PostgreSQL. */
export interface StoredFile {
  fileName: string;
  executionId: string;
  sha256: string;
  /** Of the execution that it belongs to. */
  status: string;
  /** Milliseconds since 1970: when that execution had ended, and with it was stored. */
  endedAtMs: number;
}

/** An execution, as n8n lists it. */
export interface ExecutionRow {
  id: string;
  status: string;
  mode: string;
  /** Milliseconds since 1970; NaN where it has not begun or ended. */
  startedAtMs: number;
  endedAtMs: number;
}

/** What n8n has stored, asked of its database and of nothing of n8n or ours. */
export class N8nStore {
  constructor(private readonly postgres: Postgres) {}

  async alerts(): Promise<AlertRow[]> {
    const columns = '"alertId", state, attempts, packets, sha256, "executionId"';
    return (await this.rows('allegro_alerts', columns)).map(
      ([alertId, state, attempts, packets, sha256, executionId]) => ({
        alertId: alertId!,
        state: state!,
        attempts: Number(attempts),
        packets: Number(packets),
        sha256: sha256!,
        executionId: executionId!,
      }),
    );
  }

  /** An alert that was taken up some minutes ago, and of which nothing was heard since. */
  async addOverdueAlert({ id, time, ip }: Alert, attempts: number): Promise<void> {
    const takenAt = Date.now() - 600_000;
    await this.postgres.query(
      `INSERT INTO ${await this.tableOf('allegro_alerts')}
         ("alertId", time, ip, state, attempts, "takenAt", "executionId")
       VALUES ('${id}', '${time}', '${ip}', 'accepted', ${attempts}, ${takenAt}, '0')`,
    );
  }

  /** How many freezes are noted. */
  async freezes(): Promise<number> {
    return (await this.rows('allegro_freezes', 'id')).length;
  }

  async files(): Promise<StoredFile[]> {
    const rows = await this.postgres.query(
      `SELECT f."fileName", f."sourceId", encode(sha256(f.data), 'hex'),
         coalesce(e.status, 'gone'), extract(epoch FROM e."stoppedAt") * 1000
       FROM binary_data f LEFT JOIN execution_entity e ON e.id::text = f."sourceId"`,
    );
    return rows.map(([fileName, executionId, sha256, status, endedAtMs]) => ({
      fileName: fileName!,
      executionId: executionId!,
      sha256: sha256!,
      status: status!,
      endedAtMs: endedAtMs ? Number(endedAtMs) : NaN,
    }));
  }

  async executions(workflowId: string): Promise<ExecutionRow[]> {
    const rows = await this.postgres.query(
      `SELECT id, status, mode, extract(epoch FROM "startedAt") * 1000,
         extract(epoch FROM "stoppedAt") * 1000
       FROM execution_entity WHERE "workflowId" = '${workflowId}' ORDER BY id`,
    );
    return rows.map(([id, status, mode, startedAtMs, endedAtMs]) => ({
      id: id!,
      status: status!,
      mode: mode!,
      startedAtMs: startedAtMs ? Number(startedAtMs) : NaN,
      endedAtMs: endedAtMs ? Number(endedAtMs) : NaN,
    }));
  }

  /** Bytes of everything in the database. */
  async databaseBytes(): Promise<number> {
    const [row] = await this.postgres.query("SELECT pg_database_size('n8n')");
    return Number(row![0]);
  }

  private async rows(table: string, columns: string): Promise<string[][]> {
    return this.postgres.query(`SELECT ${columns} FROM ${await this.tableOf(table)}`);
  }

  private async tableOf(name: string): Promise<string> {
    const [found] = await this.postgres.query(`SELECT id FROM data_table WHERE name = '${name}'`);
    if (!found) throw new Error(`n8n has no data table ${name}.`);
    return `"data_table_user_${found[0]}"`;
  }
}
