import type { Alert } from './alerts';
import type { Postgres } from './services';

/** A row of the table in which the workflow keeps its alerts. */
export interface AlertRow {
  alertId: string;
  state: string;
  attempts: number;
  packets: number;
  sha256: string;
}

/** A file that n8n stores, hashed by PostgreSQL. */
export interface StoredFile {
  /** Begins with the alert's ID, then an underscore. */
  fileName: string;
  executionId: string;
  sha256: string;
  /** Of the execution that it belongs to. */
  status: string;
  /** Milliseconds since 1970: when that execution had ended, and with it was stored. */
  endedAtMs: number | null;
}

/** What n8n has stored, asked of its database and of nothing of n8n or ours. */
export class N8nStore {
  constructor(private readonly postgres: Postgres) {}

  async alerts(prefix: string): Promise<AlertRow[]> {
    const columns = '"alertId", state, attempts::int, packets::int, sha256';
    const table = await this.tableOf('allegro_alerts');
    const where = `WHERE "alertId" LIKE '${prefix}-%'`;
    return this.postgres.query(`SELECT ${columns} FROM ${table} ${where}`);
  }

  /** An alert that was taken up some minutes ago, and of which nothing was heard since. */
  async addOverdueAlert({ id, time, ip }: Alert, attempts: number): Promise<void> {
    const takenAt = Date.now() - 600_000;
    await this.postgres.execute(
      `INSERT INTO ${await this.tableOf('allegro_alerts')}
         ("alertId", time, ip, state, attempts, "takenAt", "executionId")
       VALUES ('${id}', '${time}', '${ip}', 'accepted', ${attempts}, ${takenAt}, '0')`,
    );
  }

  /** Whether a freeze is noted. */
  async hasFreeze(): Promise<boolean> {
    const table = await this.tableOf('allegro_freezes');
    return (await this.postgres.query(`SELECT id FROM ${table}`)).length > 0;
  }

  files(prefix: string): Promise<StoredFile[]> {
    return this.postgres.query(
      `SELECT f."fileName", f."sourceId" AS "executionId",
         encode(sha256(f.data), 'hex') AS sha256, coalesce(e.status, 'gone') AS status,
         extract(epoch FROM e."stoppedAt") * 1000 AS "endedAtMs"
       FROM binary_data f LEFT JOIN execution_entity e ON e.id::text = f."sourceId"
       WHERE f."fileName" LIKE '${prefix}-%'`,
    );
  }

  /** Executions of a workflow, the oldest first. */
  executions(workflowId: string): Promise<Array<{ id: string; status: string }>> {
    return this.postgres.query(
      `SELECT id::text, status FROM execution_entity
       WHERE "workflowId" = '${workflowId}' ORDER BY execution_entity.id`,
    );
  }

  private async tableOf(name: string): Promise<string> {
    const sql = `SELECT id FROM data_table WHERE name = '${name}'`;
    const [found] = await this.postgres.query<{ id: string }>(sql);
    if (!found) throw new Error(`n8n has no data table ${name}.`);
    return `"data_table_user_${found.id}"`;
  }
}
