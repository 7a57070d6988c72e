import { encodePathElement } from '../http/query';

/**
 * Every path of the API that this project uses, each with its source: a heading of the vendor's
 * page "REST API description"; "seen: PSMultimeter", a client that ran against an appliance; or
 * "assumption".
 */

/** Source: "Query available URIs with OPTIONS". */
export const STATISTICS = '/API/stats';

/** The appliance's clock. Source: "Query available URIs with OPTIONS"; shape seen: PSMultimeter. */
export const TIME = `${STATISTICS}/time`;

/** Source: "Query available URIs with OPTIONS"; shape seen: PSMultimeter. */
export const INTERFACES = `${STATISTICS}/interfaces`;

/** Either may tell how far an analysis is. Source: "Query available URIs with OPTIONS"; what they return is not documented. */
export const ANALYSIS_PROGRESS = [`${STATISTICS}/ringBufferReplay`, `${STATISTICS}/pcap`];

/** Source: "Query available URIs with OPTIONS". */
export const MODULES = `${STATISTICS}/modules`;

/** Virtual link groups. Source: "Query available URIs with OPTIONS"; the shape is not documented. */
export const LINK_GROUPS = `${MODULES}/groups`;

/** All traffic. Module: "Query available URIs with OPTIONS"; path seen: PSMultimeter. */
export const ALL_TRAFFIC = `${MODULES}/mac_protocols/generic`;

/** Source: "Query available URIs with OPTIONS"; `globalCounters` seen: PSMultimeter. */
export const IP_MODULE = `${MODULES}/ip`;

/** All IP addresses. Source: "URI content parameters". */
export const IPS = `${IP_MODULE}/ips`;

/** Source: "IP statistics". */
export const ipPath = (ip: string): string => `${IPS}/${encodePathElement(ip)}`;

/** Peers of one IP address. Source: "List queries"; item seen: PSMultimeter. */
export const ipPeersPath = (ip: string): string => `${ipPath(ip)}/peers`;

/** Connections of one IP address. Source: "URI content parameters"; shape seen: PSMultimeter. */
export const ipConnectionsPath = (ip: string): string => `${ipPath(ip)}/connections`;

/** MAC addresses of one IP address. Source: "Query available URIs with OPTIONS"; the shape is not documented. */
export const ipMacsPath = (ip: string): string => `${ipPath(ip)}/macs`;

/** Protocols of one IP address. Source: "Query available URIs with OPTIONS"; shape seen: PSMultimeter. */
export const ipProtocolsPath = (ip: string): string => `${ipPath(ip)}/protocols`;

/** Source: "Python Script Example - Server ports used". */
export const peersPortsPath = (ip: string): string => `${ipPath(ip)}/peers_ports`;

/** Source: "List queries". */
export const IPS_PAGED = `${IPS}_paged`;

/** TCP response times of each IP address. Seen: PSMultimeter. */
export const IPS_TCP = `${IP_MODULE}/ipsTCP`;

/** Connections; an asynchronous job. Source: script "Retrieval of global connections". */
export const CONNECTIONS = `${IP_MODULE}/globalConnections`;

/** Source: "Output Connection Table as CSV file". */
export const CONNECTIONS_CSV = `${CONNECTIONS}/csv`;

/** All MAC addresses; below it, each in lower case with colons. Source: "MAC statistics". */
export const MACS = `${MODULES}/mac/macs`;

/** @param mac in lower case with colons */
export const macPath = (mac: string): string => `${MACS}/${mac}`;

/** IP addresses of a MAC address. Seen: PSMultimeter. */
export const macIpsPath = (mac: string): string => `${macPath(mac)}/ip_paged`;

/** Seen: PSMultimeter. */
export const MACS_PAGED = `${MODULES}/mac/mac_paged`;

/** Application protocols. Seen: PSMultimeter. */
export const PROTOCOLS_PAGED = `${MODULES}/dpi/dpi_paged`;

/** Seen: PSMultimeter. */
export const TCP_PORTS_PAGED = `${MODULES}/l4_ports/tcp_ports_paged`;

/** Seen: PSMultimeter. */
export const UDP_PORTS_PAGED = `${MODULES}/l4_ports/udp_ports_paged`;

/** Below it, one TCP port. Seen: PSMultimeter. */
export const TCP_PORT = `${MODULES}/l4_ports/tcp_port`;

/** Seen: PSMultimeter. */
export const DNS_SERVERS = `${MODULES}/dns/servers_paged`;

/** Seen: PSMultimeter; that a row names its address is an assumption. */
export const DHCP_SERVERS = `${MODULES}/dhcp/servers`;

/** Source: "Query available URIs with OPTIONS". Read only to see whether it is allowed. */
export const SIP = `${MODULES}/sip`;

/** Source: "Pcap extraction". */
export const CAPTURE = '/API/data/modules/capture';

/**
 * A packet ring buffer, 0 for the first. POST: script "POST command to pause ring buffer"; that GET
 * reads its state is an assumption.
 */
export const ringBufferPath = (ringBuffer: number): string => `${CAPTURE}/buffer/${ringBuffer}`;

/** First step of an upload. Source: "Pcap upload and analysis". */
export const UPLOAD_INIT = '/API/system/replay/upload';

/** Second step of an upload. Source: "Pcap upload and analysis". */
export const UPLOAD_START = '/API/data/pcap';

/** Third step of an upload. Source: "Pcap upload and analysis". */
export const UPLOAD_FILE = '/API/system/analyze-pcap';

/** Members of a multi-device setup. Source: script "Multi-device Capture". */
export const DEVICES = '/API/system/multidevice/devices';

/** Seen: PSMultimeter. */
export const SYSTEM_INFO = '/API/info/system';

/** Seen: PSMultimeter. */
export const SYSTEM_STATE = '/API/system/state';

/** Seen: PSMultimeter. */
export const SYSTEM_HEALTH = '/API/system/health';

/** Seen: PSMultimeter. */
export const DISKS = '/API/system/disks';

/** Seen: PSMultimeter. */
export const STORAGE = '/API/system/storage';

/** Seen: PSMultimeter. */
export const NOTIFICATIONS = '/API/system/notifications';

/** An asynchronous job. Source: script "Retrieval of global connections". */
export const jobPath = (id: string | number): string => `/API/async/${encodePathElement(id)}`;
