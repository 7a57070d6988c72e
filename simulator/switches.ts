import type { CaptureFormat } from './packets/capture-writer';

/**
 * Where the facts about the API leave something open, or where appliances differ, a switch chooses.
 * They can be changed while the simulator runs. The defaults follow the vendor's page.
 */
export interface Switches {
  /** The most rows of a page, whatever `count` asks for; 0 for no limit. */
  countCap: number;
  /** Ignore the capture parameters `starttime` and `endtime` in lower case. */
  strictCaptureParamCase: boolean;
  /** Read a `+` in the query as a blank. */
  plusIsBlank: boolean;
  /** Status of the answer that announces a job. */
  asyncFirstStatus: 200 | 202;
  /** How many polls are answered with 202 before the result. */
  asyncPolls: number;
  asyncErrorCode: number;
  /** Answer at once instead of announcing a job. */
  asyncDirect: boolean;
  asyncIdType: 'number' | 'string';
  /** Forget a job after so many polls (404); 0 for never. */
  asyncLostAfter: number;
  ipsShape: 'array' | 'object';
  /** How incidents come: none is documented. An object has them by id. */
  incidentsShape: 'array' | 'envelope' | 'object';
  /** Lists come in the envelope, as a plain array, or as `{displayedItems: {…}}` by name. */
  listShape: 'envelope' | 'array' | 'object';
  /** A list without elements comes as any other, as `[]`, or as status 404. */
  emptyList: 'list' | 'array' | '404';
  /** Lists claim 1e15 elements, and each page has the rows of the first one. */
  endlessPages: boolean;
  /** Counters have a fifth element, booleans are text, rows of a history are objects. */
  looseValues: boolean;
  /** Paths below `/API/stats/modules` that are not there. */
  missingModules: string[];
  /** Where `mm-id` changes nothing. */
  ignoresMmId: 'nowhere' | 'clock' | 'everywhere';
  /** What `/API/stats/time` answers: `currentTime` in milliseconds, or something else. */
  clock: 'milliseconds' | 'otherKey' | 'iso' | '403' | '404' | 'huge';
  /** Whether answers have a `Date` header. */
  sendsDate: boolean;
  /** Whether each POST is answered with status 200 and an error, and changes nothing. */
  refusesPosts: boolean;
  /** The slot of an announced upload: the wanted one where it can be, another one, or not named. */
  uploadSlot: 'wanted' | 'other' | 'unnamed';
  /** Whether there is a storage for captures; without one they are refused. */
  hasStorage: boolean;
  /** What is answered to a capture that is stored; no form is documented. */
  mediaAnswer: 'json' | 'empty' | 'text';
  captureFormat: CaptureFormat;
  captureFraming: 'chunked' | 'close' | 'length';
  /** What a capture takes that does not say. */
  captureDefaultSource: 'live' | 'buffer';
  /** Lists of all connections count those beyond the highest 1,000, too. */
  exactConnectionTotals: boolean;
  /** A second CSV of all connections while one runs is refused. */
  csvSingleFlight: boolean;
  /** How many ring buffers there are; 0 for an appliance without one. */
  ringBuffers: number;
  /** Seconds that a ring buffer holds. */
  ringBufferSeconds: number;
  /** The time of the oldest packet in it, in microseconds; 0 for what its length says. */
  oldestPacketUs: number;
  /** Whether GET of a ring buffer reports if it is suspended; nothing of the kind is documented. */
  tellsBufferState: boolean;
  /**
   * What `/API/stats/pcap` tells of an analysis: nothing (404), or a progress. Only the path is
   * documented; the form is the simulator's own.
   */
  analysisProgress: 'none' | 'told';
  /** Degrees Celsius, of the appliance and of its CPU. */
  temperature: number;
  cpuTemperature: number;
  /** Percent of the storage that are free; -1 where the appliance does not report it. */
  storageFreePercent: number;
  /** Texts of notifications that nobody has cleared. */
  notifications: string[];
  /** Analysis slots; 0 where parallel analysis is off, so that an upload replaces the live data. */
  analysisSlots: number;
  /** Captures wait for a second person, and are refused. */
  fourEyes: boolean;
  /** Milliseconds that the appliance's clock is ahead of this machine's. */
  clockSkewMs: number;
  /** Answer every capture with a file of about so many bytes, for benchmarks; 0 for real traffic. */
  bulkBytes: number;
  /** Bytes of each packet in such a file. */
  bulkPacketBytes: number;
  unauthorizedBody: 'json' | 'html';
}

export const DEFAULT_SWITCHES: Switches = {
  countCap: 100,
  strictCaptureParamCase: false,
  plusIsBlank: true,
  asyncFirstStatus: 200,
  asyncPolls: 2,
  asyncErrorCode: 0,
  asyncDirect: false,
  asyncIdType: 'number',
  asyncLostAfter: 0,
  ipsShape: 'array',
  incidentsShape: 'envelope',
  listShape: 'envelope',
  emptyList: 'list',
  endlessPages: false,
  looseValues: false,
  missingModules: [],
  ignoresMmId: 'nowhere',
  clock: 'milliseconds',
  sendsDate: true,
  refusesPosts: false,
  uploadSlot: 'wanted',
  hasStorage: true,
  mediaAnswer: 'json',
  captureFormat: 'pcap',
  captureFraming: 'chunked',
  captureDefaultSource: 'live',
  exactConnectionTotals: false,
  csvSingleFlight: true,
  ringBuffers: 1,
  ringBufferSeconds: 24 * 3600,
  oldestPacketUs: 0,
  tellsBufferState: true,
  analysisProgress: 'none',
  temperature: 41.5,
  cpuTemperature: 48,
  storageFreePercent: -1,
  notifications: [],
  analysisSlots: 4,
  fourEyes: false,
  clockSkewMs: 0,
  bulkBytes: 0,
  bulkPacketBytes: 800,
  unauthorizedBody: 'json',
};
