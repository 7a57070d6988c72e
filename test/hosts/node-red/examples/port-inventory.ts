import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { until } from '../../../../scripts/hosts/node-red-host';
import { readable } from '../../../neighbours';
import { parts, named, type ExampleBench } from './example-bench';

const NAME = '10-port-inventory';
const SERVER = '10.1.0.20';

export function portInventory(get: () => ExampleBench): void {
  it('tells what is new since the last time, and mails the whole as CSV', async () => {
    const { simulator, neighbours, deploy, press } = parts(get());
    // At the first time, the file server is not there yet.
    const path = `/API/stats/modules/ip/ips/${SERVER}`;
    simulator.faults.add({ kind: 'answer', status: 404, path });
    const nodes = await deploy(NAME, (all) => {
      Object.assign(named(all, 'Server ports'), { addresses: '10.1.0.0/24' });
    });
    await press(nodes, 'Every Monday');
    await until('the baseline', () => neighbours.mail.mails.length === 1);
    simulator.faults.clear();
    await press(nodes, 'Every Monday');
    await until('the difference', () => neighbours.mail.mails.length === 2);
    await until('both messages', () => neighbours.chat.messages.length === 2);
    expect(neighbours.chat.messages[0]!.text).toMatch(/^Baseline: \d+ server ports$/);
    expect(neighbours.chat.messages[1]!.text).toMatch(/^\d+ new, 0 gone server ports$/);
    expect(neighbours.chat.transcript).toContain(`:new: \`${SERVER}:`);
    const rows = neighbours.mail.mails.map(
      ({ attachments }) =>
        parse(attachments[0]!.content, { columns: true }) as Array<{ ip: string; port: string }>,
    );
    expect(rows[0]!.some(({ ip }) => ip === SERVER)).toBe(false);
    expect(rows[1]!.some(({ ip }) => ip === SERVER)).toBe(true);
  });

  it('calls nothing gone or new that could not be read', async () => {
    const { simulator, neighbours, deploy, press } = parts(get());
    const nodes = await deploy(NAME, (all) => {
      Object.assign(named(all, 'Server ports'), { addresses: '10.1.0.0/24' });
    });
    await press(nodes, 'Every Monday');
    await until('the first message', () => neighbours.chat.messages.length === 1);
    simulator.faults.add({
      kind: 'answer',
      status: 500,
      path: `/API/stats/modules/ip/ips/${SERVER}`,
    });
    await press(nodes, 'Every Monday');
    await until('the second message', () => neighbours.chat.messages.length === 2);
    simulator.faults.clear();
    await press(nodes, 'Every Monday');
    await until('the third message', () => neighbours.chat.messages.length === 3);
    const [, unread, last] = neighbours.chat.messages;
    expect(unread!.text).toBe('0 new, 0 gone server ports');
    expect(readable(unread!)).toContain(`Addresses that could not be read: 1 (${SERVER})`);
    expect(last!.text).toBe('0 new, 0 gone server ports');
    expect(readable(last!)).not.toContain('could not be read');
  });

  it('begins anew where its file is damaged', async () => {
    const { neighbours, deploy, press } = parts(get());
    const file = join(get().bench.host.userDir, 'allegro-server-ports.json');
    writeFileSync(file, '["10.1.0.2');
    const nodes = await deploy(NAME, (all) => {
      Object.assign(named(all, 'Server ports'), { addresses: '10.1.0.0/24' });
    });
    await press(nodes, 'Every Monday');
    await until('the message', () => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.messages[0]!.text).toMatch(/^Baseline: \d+ server ports$/);
    expect(neighbours.chat.transcript).toContain('allegro-server-ports.json was damaged');
    await until('the file', () => Array.isArray(parsed(file)));
  });
}

/** While it is being written it is no JSON. */
function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
