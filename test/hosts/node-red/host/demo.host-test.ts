import { runDemo } from '../../run-demo';

it('the demo for Node-RED captures the packets around an alert, checks them, and ends', async () => {
  const output = await runDemo('demo');
  expect(output).toMatch(/Captured:\n +File +\S+\.pcap\n +Filter +ip==10\.1\.2\.3\n/);
  expect(output).toMatch(/Packets +[1-9][\d,]*\n.*\n +SHA-256 +[0-9a-f]{64} \(checked/);
  expect(output).toMatch(/Complete +yes/);
  expect(output).not.toContain('Ctrl+C');
});
