import { Api, type ApiOptions, type CallOptions } from './api/api';
import type { ApplianceTime } from './api/clock';
import { apiRequest, type ApiAnswer, type ApiRequest } from './api/api-request';
import { readRows, type RowRequest, type Rows } from './api/rows';
import { readStatistic, type Statistic } from './api/statistic';
import { bufferReach, type BufferReach } from './capture/buffer-reach';
import { capture, type Capture } from './capture/capture';
import type { CaptureRequest } from './capture/capture-request';
import { captureToStorage, type StoredCapture } from './capture/stored-capture';
import { choices, type ChoiceQuery, type ChoiceSource } from './devices/choices';
import type { Choice } from './devices/statistics-paths';
import type { Language } from './values/sentence';
import { testConnection, type ConnectionTest } from './devices/connection-test';
import { readLoginAccess, type LoginAccess } from './devices/login-access';
import { readDevices, type Device } from './devices/devices';
import { fileId } from './files/file-name';
import { SlotProbe, type SlotState } from './devices/slots';
import type { Query } from './http/query';
import {
  isRingBufferSuspended,
  setRingBufferSuspended,
  type SuspensionChange,
} from './ring-buffer/suspension';
import { connectionsCsv } from './statistics/connections-csv';
import type { CsvDownload, CsvOptions } from './statistics/csv-download';
import {
  readServerPorts,
  type ServerPorts,
  type ServerPortsOptions,
} from './statistics/server-ports';
import { tableCsv } from './statistics/table-csv';
import type { TrafficCounts } from './statistics/total-traffic';
import { readTraffic } from './statistics/traffic-statistic';
import { upload, type Upload, type UploadRequest } from './upload/upload';
import { deviceOf, slotOf } from './values/device-slot';
import type { StatisticsInterval } from './values/time-range';

/**
 * One appliance, one method for each capability; what each does stands at the function that it
 * calls. All methods throw {@link AllegroError} and nothing else; all take a signal that ends them
 * wherever they stand.
 */
export class AllegroClient {
  private readonly api: Api;

  constructor(options: ApiOptions) {
    this.api = new Api(options);
  }

  /** The appliance's base URL, for messages and results. */
  get baseUrl(): string {
    return this.api.baseUrl;
  }

  /** Milliseconds since 1970-01-01 UTC on this machine. */
  now(): number {
    return this.api.now();
  }

  /** See {@link fileId}. */
  fileId(): string {
    return fileId(this.api.context);
  }

  /** See {@link Api.sleep}. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return this.api.sleep(milliseconds, signal);
  }

  /** See {@link Api.get}. */
  get(path: string, query: Query, options: CallOptions): Promise<unknown> {
    return this.api.get(path, query, options);
  }

  /** See {@link Api.subResources}. */
  subResources(path: string, options: CallOptions): Promise<string[]> {
    return this.api.subResources(path, options);
  }

  /** See {@link Api.time}. */
  time(options: CallOptions): Promise<ApplianceTime> {
    return this.api.time(options);
  }

  /** See {@link apiRequest}. What it may do is for the caller to decide. */
  request(request: ApiRequest, options: CallOptions): Promise<ApiAnswer> {
    return apiRequest(this.api, request, options);
  }

  /** See {@link readRows}. */
  rows(request: RowRequest, options: CallOptions): Promise<Rows> {
    return readRows(this.api, request, options);
  }

  /** See {@link readStatistic}. */
  statistic(request: RowRequest, options: CallOptions): Promise<Statistic> {
    return readStatistic(this.api, request, options);
  }

  /** See {@link readTraffic}. */
  traffic(
    path: string,
    interval: StatisticsInterval | undefined,
    options: CallOptions,
  ): Promise<TrafficCounts> {
    return readTraffic(this.api, path, interval, options);
  }

  /** See {@link connectionsCsv}. */
  connectionsCsv(query: Query, options: CsvOptions): Promise<CsvDownload> {
    return connectionsCsv(this.api, query, options);
  }

  /** See {@link tableCsv}. */
  tableCsv(path: string, query: Query, options: CsvOptions): Promise<CsvDownload> {
    return tableCsv(this.api, path, query, options);
  }

  /** See {@link readServerPorts}. */
  serverPorts(ip: string, query: Query, options: ServerPortsOptions): Promise<ServerPorts> {
    return readServerPorts(this.api, ip, query, options);
  }

  /** See {@link capture}. */
  capture(request: CaptureRequest, options: CallOptions): Promise<Capture> {
    return capture(this.api, request, options);
  }

  /** See {@link captureToStorage}. */
  captureToStorage(request: CaptureRequest, options: CallOptions): Promise<StoredCapture> {
    return captureToStorage(this.api, request, options);
  }

  /** See {@link upload}. */
  upload(request: UploadRequest, options: CallOptions): Promise<Upload> {
    return upload(this.api, request, options);
  }

  /** See {@link setRingBufferSuspended}. */
  setRingBufferSuspended(
    ringBuffer: number,
    isSuspended: boolean,
    options: CallOptions,
  ): Promise<SuspensionChange> {
    return setRingBufferSuspended(this.api, ringBuffer, isSuspended, options);
  }

  /** See {@link bufferReach}. */
  bufferReach(ringBuffer: number, options: CallOptions): Promise<BufferReach> {
    return bufferReach(this.api, ringBuffer, options);
  }

  /** See {@link isRingBufferSuspended}. */
  isRingBufferSuspended(ringBuffer: number, options: CallOptions): Promise<boolean | undefined> {
    return isRingBufferSuspended(this.api, ringBuffer, options);
  }

  /** See {@link readDevices}. */
  devices(options: CallOptions): Promise<Device[]> {
    return readDevices(this.api, options);
  }

  /** See {@link SlotProbe.stateOf}. */
  slotState(mmId: string, signal: AbortSignal): Promise<SlotState> {
    return new SlotProbe(this.api, deviceOf(mmId), signal).stateOf(slotOf(mmId));
  }

  /** See {@link choices}. */
  choices(
    source: ChoiceSource,
    query: ChoiceQuery,
    signal: AbortSignal,
    language?: Language,
  ): Promise<Choice[]> {
    return choices(this.api, source, query, signal, language);
  }

  /** See {@link testConnection}. */
  testConnection(signal: AbortSignal): Promise<ConnectionTest> {
    return testConnection(this.api, signal);
  }

  /** See {@link readLoginAccess}. */
  loginAccess(signal: AbortSignal): Promise<LoginAccess> {
    return readLoginAccess(this.api, signal);
  }
}
