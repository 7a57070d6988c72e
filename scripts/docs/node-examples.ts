/** What the example of a page sets; everything else keeps its default. By the name of the node. */
export const NODE_EXAMPLES: Record<string, { task: string; set: Record<string, unknown> }> = {
  topTalkers: { task: 'The ten busiest hosts of the last hour', set: { limit: 10 } },
  getStats: {
    task: 'Traffic of one host in the last hour',
    set: { path: 'API/stats/modules/ip/ips/10.1.2.3' },
  },
  chart: {
    task: 'A bar chart of the busiest hosts of the last day, for a mail',
    set: { lastAmount: 24, barCount: 10, title: 'Traffic at the head office' },
  },
  getConnections: {
    task: 'RTP streams of the last hour, with loss and jitter',
    set: { connectionMode: 'rtpStats' },
  },
  getServerPorts: {
    task: 'Services that a network offers',
    set: { addresses: '10.1.2.0/24', portRole: 'asServer' },
  },
  getPeers: { task: 'Whom a host talked to in the last hour', set: { address: '10.1.2.3' } },
  hostProfile: { task: 'What a host did in the last hour', set: { addresses: '10.1.2.3' } },
  capturePcap: {
    task: 'The packets of a host, one minute before and after an alert',
    set: { timeMode: 'around', host: '10.1.2.3', aroundTime: '2026-11-23T15:50:00Z' },
  },
  captureConnection: {
    task: 'The packets of one connection',
    set: {
      clientIp: '10.1.2.3',
      clientPort: 62887,
      serverIp: '10.1.2.100',
      serverPort: 443,
      connectionStart: 1531315866280,
      lastActivity: 1531315870120,
    },
  },
  estimateCapture: {
    task: 'The size of a capture around an alert',
    set: { timeMode: 'around', host: '10.1.2.3', aroundTime: '2026-11-23T15:50:00Z' },
  },
  uploadPcap: { task: 'A pcap from the node before, into slot 1', set: { slot: 1 } },
  waitForAnalysis: { task: 'Wait for the upload in slot 1', set: { device: ':1' } },
  pcapSummary: { task: 'What is in a pcap from the node before', set: { conversationLimit: 10 } },
  suspendBuffer: { task: 'Keep the packets that are recorded', set: { bufferAction: 'suspend' } },
  freezeEvidence: {
    task: 'The packets around an alert, from a buffer that is suspended meanwhile',
    set: { host: '10.1.2.3', aroundTime: '2026-11-23T15:50:00Z' },
  },
  ringBufferStatus: { task: 'Whether the buffer reaches back a day', set: { minHours: 24 } },
  applianceHealth: {
    task: 'A check with limits for temperature and clock',
    set: { maxTemperature: 60, maxClockOffset: 2 },
  },
  apiRequest: { task: 'Information about the system', set: { path: 'API/info/system' } },
  listDevices: { task: 'All devices that can be reached', set: { activeOnly: true } },
  whichDevice: { task: 'Where a host was seen in the last hour', set: { address: '10.1.2.3' } },
  thresholdTrigger: {
    task: 'Hosts above 100 Mbit/s for three minutes',
    set: { limit: 100000000, windowsInARow: 3 },
  },
  incidentsTrigger: { task: 'New incidents, and their ends', set: { reportEnded: true } },
  newElementTrigger: {
    task: 'MAC addresses never seen before, after a day of learning',
    set: { elementKind: 'mac', learningHours: 24 },
  },
  pushedStatisticsTrigger: {
    task: 'Interface statistics that the appliance sends',
    set: { statistic: 'API/stats/interfaces', sender: 'allegro-mm-1a2b' },
  },
};
