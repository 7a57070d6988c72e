import { runDemo } from '../../run-demo';

it('the demo for n8n captures the packets around an alert, checks them, and ends', async () => {
  const output = await runDemo('demo:n8n');
  expect(output).toMatch(/Captured:\n +File +\S+\.pcap\n +Filter +ip==10\.1\.2\.3\n/);
  expect(output).toMatch(/Packets +[1-9][\d,]*\n.*\n +SHA-256 +[0-9a-f]{64} \(checked/);
  expect(output).not.toContain('Ctrl+C');
});
