/** Alerts as monitoring systems send them, for the pinned data of the examples and for their tests. */

/** A line of Suricata's eve.json, as a log shipper posts it. */
export const SURICATA_ALERT = {
  timestamp: '2026-11-23T15:50:00.123456+0000',
  flow_id: 1629847362514782,
  in_iface: 'eth1',
  event_type: 'alert',
  src_ip: '10.1.2.3',
  src_port: 50412,
  dest_ip: '203.0.113.10',
  dest_port: 443,
  proto: 'TCP',
  alert: {
    action: 'allowed',
    gid: 1,
    signature_id: 2027865,
    rev: 4,
    signature: 'ET INFO Observed DNS Query to .cloud TLD',
    category: 'Potentially Bad Traffic',
    severity: 2,
  },
  app_proto: 'tls',
};

const { alert: _, ...flow } = SURICATA_ALERT;

/** What else Suricata logs in eve.json: each has its details under the name of its type. */
const EVE_EVENTS = [
  SURICATA_ALERT,
  { ...flow, event_type: 'flow', flow: { pkts_toserver: 7, state: 'closed', alerted: true } },
  { ...flow, event_type: 'dns', dns: { type: 'query', rrname: 'example.cloud' } },
  { ...flow, flow_id: undefined, event_type: 'anomaly', anomaly: { type: 'decode' } },
  { timestamp: flow.timestamp, event_type: 'stats', stats: { uptime: 4711 } },
];

let count = 0;

/** One that no test has posted before, of two minutes ago. */
export function newSuricataAlert(nowUs: number, values: object = {}): typeof SURICATA_ALERT {
  count += 1;
  const second = Math.floor(nowUs / 1e6) - 120;
  const timestamp = new Date(second * 1000).toISOString().replace('Z', '000+0000');
  return { ...SURICATA_ALERT, flow_id: SURICATA_ALERT.flow_id + count, timestamp, ...values };
}

/**
 * What a Zabbix webhook media type posts whose parameters are event_id {EVENT.ID}, event_timestamp
 * {EVENT.TIMESTAMP}, host_ip {HOST.IP}, host_name {HOST.NAME}, trigger_name {TRIGGER.NAME} and
 * trigger_severity {TRIGGER.SEVERITY}. Macros are always text.
 */
export const ZABBIX_ALERT = {
  event_id: '4711',
  event_timestamp: '1795449000',
  host_ip: '10.1.2.3',
  host_name: 'pc-anna',
  trigger_name: 'High ICMP ping loss',
  trigger_severity: 'Warning',
};

/**
 * What a PRTG notification "Execute HTTP action" posts with the postdata
 * host=%host&device=%device&sensor=%sensor&sensorid=%sensorid&status=%status&message=%message.
 * PRTG writes times as its own locale does, so that the time of arrival counts.
 */
export const PRTG_ALERT = {
  host: '10.1.2.3',
  device: 'pc-anna',
  sensor: 'Ping',
  sensorid: '2033',
  status: 'Down',
  message: 'Request timed out (ICMP error # 11010)',
};
/** An alert of Suricata as Wazuh's JSON decoder and an integration hand it on; all fields are text. */
const WAZUH_SURICATA_ALERT = {
  timestamp: '2026-11-23T15:50:01.514+0000',
  rule: { level: 3, description: 'Suricata: Alert - ET INFO Observed DNS Query', id: '86601' },
  agent: { id: '003', name: 'sensor-1', ip: '10.1.0.2' },
  manager: { name: 'wazuh' },
  id: '1795449001.1234567',
  decoder: { name: 'json' },
  data: {
    timestamp: '2026-11-23T15:50:00.123456+0000',
    flow_id: '1629847362514782.000000',
    src_ip: '10.1.2.3',
    src_port: '50412',
    dest_ip: '203.0.113.10',
    dest_port: '443',
    proto: 'TCP',
    event_type: 'alert',
    alert: { signature: 'ET INFO Observed DNS Query to .cloud TLD', signature_id: '2027865' },
  },
  location: '/var/log/suricata/eve.json',
};

/** A login that failed, of Wazuh's decoder for sshd. */
const WAZUH_SSHD_ALERT = {
  timestamp: '2026-11-23T15:50:00.514+0000',
  rule: { level: 5, description: 'sshd: authentication failed.', id: '5760' },
  agent: { id: '004', name: 'files', ip: '10.1.2.100' },
  id: '1795449000.7654321',
  decoder: { name: 'sshd' },
  data: { srcip: '10.1.2.3', srcport: '50412', dstuser: 'root' },
};

/** A document of Elastic Security's alerts index: ECS, and names with dots for what Kibana adds. */
const ELASTIC_ALERT = {
  '@timestamp': '2026-11-23T15:54:12.204Z',
  'kibana.alert.original_time': '2026-11-23T15:50:00.123Z',
  'kibana.alert.rule.name': 'Outbound connection to a rare address',
  'kibana.alert.uuid': '9a0c2f1e5d',
  'kibana.alert.severity': 'medium',
  source: { ip: '10.1.2.3', port: 50412 },
  destination: { ip: '203.0.113.10', port: 443 },
  network: { transport: 'tcp' },
  host: { name: 'pc-anna', ip: ['10.1.2.3', 'fe80::1'] },
};

/** What the webhook of Prometheus' Alertmanager posts, version 4. */
const ALERTMANAGER_ALERTS = {
  version: '4',
  groupKey: '{}:{alertname="HighLatency"}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'allegro',
  groupLabels: { alertname: 'HighLatency' },
  commonLabels: { alertname: 'HighLatency' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example.com',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'HighLatency', instance: '10.1.2.3:9100', severity: 'warning' },
      annotations: { summary: 'p99 above 2 s' },
      startsAt: '2026-11-23T15:50:00.123Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus.example.com/graph',
      fingerprint: 'c4ce5a2b7d1f0e93',
    },
    {
      status: 'firing',
      labels: { alertname: 'HighLatency', instance: '[fd00::3]:9100', severity: 'warning' },
      annotations: {},
      startsAt: '2026-11-23T15:50:01.123Z',
      fingerprint: 'c4ce5a2b7d1f0e94',
    },
    {
      status: 'resolved',
      labels: { alertname: 'HighLatency', instance: '10.1.2.100:9100' },
      annotations: {},
      startsAt: '2026-11-23T14:00:00Z',
      endsAt: '2026-11-23T15:50:00Z',
      fingerprint: 'c4ce5a2b7d1f0e95',
    },
  ],
};

/** Grafana's webhook has the form of Alertmanager's, and more. */
const GRAFANA_ALERTS = {
  receiver: 'allegro',
  status: 'firing',
  orgId: 1,
  title: '[FIRING:1] Errors',
  state: 'alerting',
  message: '**Firing**',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'Errors', instance: '10.1.2.3', grafana_folder: 'Network' },
      annotations: { summary: 'Error rate above 5 %' },
      startsAt: '2026-11-23T15:50:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      values: { A: 7.1 },
      fingerprint: '57c6d9296de2ad39',
    },
  ],
};

/** The context of a Checkmk notification, the variables NOTIFY_… without their prefix, as JSON. */
const CHECKMK_ALERT = {
  WHAT: 'SERVICE',
  NOTIFICATIONTYPE: 'PROBLEM',
  HOSTNAME: 'pc-anna',
  HOSTADDRESS: '10.1.2.3',
  SERVICEDESC: 'HTTP intranet',
  SERVICESTATE: 'CRITICAL',
  SERVICEOUTPUT: 'CRIT - Socket timeout after 10 seconds',
  SERVICEPROBLEMID: '131',
  MICROTIME: '1795449000123456',
};

const TIME = '2026-11-23T15:50:00';
const CONNECTION = {
  host: '10.1.2.3',
  hostPort: '50412',
  peer: '203.0.113.10',
  peerPort: '443',
  protocol: 'TCP',
};
const HOST = { host: '10.1.2.3' };

/** What each of them says, as text; what is not there is left out. Times to the second. */
export const READ_ALERTS: Array<[string, object, Array<Record<string, string>>]> = [
  [
    'Suricata',
    SURICATA_ALERT,
    [
      {
        ...CONNECTION,
        time: TIME,
        title: SURICATA_ALERT.alert.signature,
        id: '1629847362514782',
      },
    ],
  ],
  [
    "all of Suricata's eve.json",
    EVE_EVENTS,
    [
      {
        ...CONNECTION,
        time: TIME,
        title: SURICATA_ALERT.alert.signature,
        id: '1629847362514782',
      },
    ],
  ],
  ["only other events of Suricata's eve.json", EVE_EVENTS.slice(1), []],
  [
    'any other with an event_type of its own',
    { host: '10.1.2.3', time: `${TIME}Z`, title: 'Slow', id: 'A-1', event_type: 'problem' },
    [{ ...HOST, time: TIME, title: 'Slow', id: 'A-1' }],
  ],
  [
    'Wazuh, of Suricata',
    WAZUH_SURICATA_ALERT,
    [
      {
        ...CONNECTION,
        time: TIME,
        title: SURICATA_ALERT.alert.signature,
        id: '1629847362514782.000000',
      },
    ],
  ],
  [
    'Wazuh, of sshd',
    WAZUH_SSHD_ALERT,
    [
      {
        host: '10.1.2.3',
        hostPort: '50412',
        time: TIME,
        title: 'sshd: authentication failed.',
        id: '1795449000.7654321',
      },
    ],
  ],
  [
    'Elastic',
    ELASTIC_ALERT,
    [
      {
        ...CONNECTION,
        protocol: 'tcp',
        time: TIME,
        title: 'Outbound connection to a rare address',
        id: '9a0c2f1e5d',
      },
    ],
  ],
  [
    'Elastic, of a host',
    { ...ELASTIC_ALERT, source: undefined, destination: undefined, network: undefined },
    [{ ...HOST, time: TIME, title: 'Outbound connection to a rare address', id: '9a0c2f1e5d' }],
  ],
  [
    'Alertmanager',
    ALERTMANAGER_ALERTS,
    [
      { ...HOST, time: TIME, title: 'p99 above 2 s', id: 'c4ce5a2b7d1f0e93' },
      {
        host: 'fd00::3',
        time: '2026-11-23T15:50:01',
        title: 'HighLatency',
        id: 'c4ce5a2b7d1f0e94',
      },
    ],
  ],
  [
    'Grafana',
    GRAFANA_ALERTS,
    [{ ...HOST, time: TIME, title: 'Error rate above 5 %', id: '57c6d9296de2ad39' }],
  ],
  ['Zabbix', ZABBIX_ALERT, [{ ...HOST, time: TIME, title: 'High ICMP ping loss', id: '4711' }]],
  ['PRTG', PRTG_ALERT, [{ ...HOST, title: PRTG_ALERT.message, id: '2033' }]],
  [
    'Checkmk',
    CHECKMK_ALERT,
    [{ ...HOST, time: TIME, title: CHECKMK_ALERT.SERVICEOUTPUT, id: '131' }],
  ],
  ['Checkmk, that all is well again', { ...CHECKMK_ALERT, NOTIFICATIONTYPE: 'RECOVERY' }, []],
  [
    'Wazuh, of the host that its agent is on',
    { ...WAZUH_SSHD_ALERT, data: {} },
    [
      {
        host: WAZUH_SSHD_ALERT.agent.ip,
        time: TIME,
        title: 'sshd: authentication failed.',
        id: '1795449000.7654321',
      },
    ],
  ],
  [
    'Elastic, as the actions of a rule get it: names with dots become objects',
    {
      '@timestamp': ELASTIC_ALERT['@timestamp'],
      kibana: {
        alert: {
          original_time: ELASTIC_ALERT['kibana.alert.original_time'],
          rule: { name: ELASTIC_ALERT['kibana.alert.rule.name'] },
          uuid: ELASTIC_ALERT['kibana.alert.uuid'],
        },
      },
      source: ELASTIC_ALERT.source,
      destination: ELASTIC_ALERT.destination,
      network: ELASTIC_ALERT.network,
    },
    [
      {
        ...CONNECTION,
        protocol: 'tcp',
        time: TIME,
        title: 'Outbound connection to a rare address',
        id: '9a0c2f1e5d',
      },
    ],
  ],
  [
    'Elastic, with several values of a field',
    {
      ...ELASTIC_ALERT,
      source: { ip: ['10.1.2.3', '10.1.2.4'], port: [50412] },
      destination: { ip: ['203.0.113.10'], port: [443, 80] },
      network: { transport: ['tcp'] },
    },
    [
      {
        ...CONNECTION,
        protocol: 'tcp',
        time: TIME,
        title: 'Outbound connection to a rare address',
        id: '9a0c2f1e5d',
      },
    ],
  ],
  [
    'any other, in a list with holes',
    [null, { host: '10.1.2.3', time: `${TIME}Z`, title: 'Slow', id: 'A-1' }, 7],
    [{ title: 'Alert' }, { ...HOST, time: TIME, title: 'Slow', id: 'A-1' }, { title: 'Alert' }],
  ],
  [
    'any other, in a list',
    [{ host: '10.1.2.3', time: `${TIME}Z`, title: 'Slow', id: 'A-1' }, { host: 'fd00::1' }],
    [
      { ...HOST, time: TIME, title: 'Slow', id: 'A-1' },
      { host: 'fd00::1', title: 'Alert' },
    ],
  ],
];
