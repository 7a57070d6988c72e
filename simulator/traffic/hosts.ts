/** The network that the generated traffic comes from. */
export interface Host {
  ip: string;
  mac: string;
  /** What its DNS or DHCP name is. */
  name: string;
  /** VLANs that its frames are tagged with, outermost first. */
  vlans: number[];
}

/** The host that every example, the demo and the docs ask about: it never falls silent. */
export const STEADY_HOST = '10.1.2.3';

const ROUTER_MAC = '02:00:00:00:00:01';

/** Locally administered, and told by the address, so that a reader can match them by eye. */
function macOf(ip: string): string {
  const octets = ip.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
  return ['02', '00', ...octets].join(':');
}

function local(ip: string, name: string, vlans: number[] = []): Host {
  return { ip, mac: macOf(ip), name, vlans };
}

/** Beyond the router: all frames carry the router's MAC address. */
function remote(ip: string, name: string): Host {
  return { ip, mac: ROUTER_MAC, name, vlans: [] };
}

export const CLIENTS: Host[] = [
  local(STEADY_HOST, 'pc-anna.example'),
  ...Array.from({ length: 12 }, (_, index) =>
    local(`10.1.2.${10 + index}`, `pc-${String(index + 1).padStart(2, '0')}.example`),
  ),
  ...Array.from({ length: 4 }, (_, index) =>
    local(`10.1.100.${10 + index}`, `camera-${index + 1}.example`, [100]),
  ),
];

/** Phones live in a VLAN of their own. */
export const PHONES: Host[] = Array.from({ length: 4 }, (_, index) =>
  local(`10.1.200.${10 + index}`, `phone-${index + 1}.example`, [200]),
);

export const V6_CLIENTS: Host[] = [
  { ip: '2001:db8:1::23', mac: macOf('10.1.2.23'), name: 'laptop-1.example', vlans: [] },
  { ip: '2001:db8:1::24', mac: macOf('10.1.2.24'), name: 'laptop-2.example', vlans: [] },
];

export const DNS_SERVER = local('10.1.0.53', 'dns.example');
export const FILE_SERVER = local('10.1.0.20', 'fileserver.example');
export const NTP_SERVER = local('10.1.0.123', 'time.example');
export const SIP_SERVER = local('10.1.0.60', 'pbx.example', [200]);
export const V6_SERVER: Host = { ...remote('2001:db8:ffff::80', 'v6.example') };

export const WEB_SERVERS: Host[] = [
  remote('203.0.113.10', 'www.example.com'),
  remote('203.0.113.25', 'mail.example.com'),
  remote('198.51.100.7', 'cdn.example.net'),
  remote('198.51.100.80', 'app.example.org'),
];

/** A host of its own for what an intruder does, so that it can be told from the rest. */
export const INTRUDER = local('10.1.2.66', 'pc-66.example');
/** Whom the intruder's host reports to. */
export const CONTROL_SERVER = remote('198.51.100.66', 'update.example.net');

/** A printer that is silent until a test plugs it in. */
export const NEW_DEVICE: Host = {
  ...local('10.1.2.44', 'printer-2.example'),
  mac: '00:80:77:12:34:56',
};

/** Of the MAC addresses that are not locally administered, by their first three octets. */
export const MAC_VENDORS: ReadonlyMap<string, string> = new Map([
  ['00:80:77', 'Brother Industries, Ltd.'],
]);

/** Every name that the appliance would have learned from DNS, by address. */
export const NAMES: ReadonlyMap<string, string> = new Map(
  [
    ...CLIENTS,
    ...PHONES,
    ...V6_CLIENTS,
    ...WEB_SERVERS,
    DNS_SERVER,
    FILE_SERVER,
    NTP_SERVER,
    SIP_SERVER,
    V6_SERVER,
    INTRUDER,
    CONTROL_SERVER,
    NEW_DEVICE,
  ].map(({ ip, name }) => [ip, name]),
);
