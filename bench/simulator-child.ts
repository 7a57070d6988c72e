/** The simulator in a process of its own, so that its work is not counted as ours. */
import { startSimulator, type SimulatorOptions, type Switches } from '../simulator';

export type Command =
  | { kind: 'start'; options: SimulatorOptions }
  | { kind: 'switch'; switches: Partial<Switches> }
  | { kind: 'count' }
  | { kind: 'clear' };

async function main(): Promise<void> {
  let simulator: Awaited<ReturnType<typeof startSimulator>> | undefined;
  // Never outlives the one who asks.
  process.once('disconnect', () => process.exit());
  process.on('message', (command: Command) => void answer(command));

  async function answer(command: Command): Promise<void> {
    if (command.kind === 'start') {
      simulator = await startSimulator(command.options);
      process.send!({ url: simulator.url, certificate: simulator.certificatePem });
      return;
    }
    if (command.kind === 'switch') Object.assign(simulator!.switches, command.switches);
    if (command.kind === 'clear') simulator!.clearRequests();
    const { requests, connections } = simulator!;
    process.send!({ requests: requests.length, tlsHandshakes: connections.tlsHandshakes });
  }
}

void main();
