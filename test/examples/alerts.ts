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
