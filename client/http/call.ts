import type { AllegroError, RequestInfo } from '../errors';
import type { Query } from './query';
import type { ByteStream, HttpMethod, RequestBody } from './transport';

/** One request as the client's own parts state it. */
export interface Call {
  method: HttpMethod;
  /** Encoded, beginning with `/API`. */
  path: string;
  query?: Query;
  body?: RequestBody;
  signal: AbortSignal;
  /**
   * Milliseconds until the answer's headers must be there, counted from the last piece of the
   * request's body that the connection took; the default is 60,000.
   */
  headersLimit?: number;
  /** Milliseconds without a byte after which the body counts as stalled; the default is 60,000. */
  idleLimit?: number;
  /** Decoded bytes of an answer that is read as JSON or text; the default is 32 MB. */
  maxTextBytes?: number;
  /** Which statuses count as an answer beside those of a success. Reads are retried first. */
  accepts?(status: number): boolean;
  /** Whether it is tried only once, because it changes something although it is a GET. */
  once?: boolean;
  /** Long transfers have permits of their own, so that they do not hold up short reads. */
  longTransfer?: boolean;
  /** A live capture holds up no other transfer, however long it was asked to last. */
  live?: boolean;
  /**
   * One of many small reads that belong together, such as one for each IP address. They have permits
   * of their own, twice as many as others, so that they are quick and delay no other request.
   */
  bulk?: boolean;
  /** A permit that was taken for this call before; see `Requester.takePermit`. */
  permit?: Permit;
  /**
   * Told when it has to wait: the appliance has as many requests as it may, or asked to come back
   * later; then with the time, in milliseconds since 1970-01-01 UTC.
   */
  onWait?(until?: number): void;
  /** Told when a wait whose end was told is over. */
  onGoOn?(): void;
  /** Told of each try that failed, as soon as that is known, even where another one follows. */
  onFailure?(error: AllegroError): void;
}

/** Allows one request to run; calling it releases the permit to the next request. */
export type Permit = () => void;

/** A successful answer whose body is still to be read. It must be read or closed. */
export interface OpenAnswer {
  status: number;
  /** When the try that was answered was sent, and when its headers came; see `ClientContext.now`. */
  sentAt: number;
  answeredAt: number;
  headers: Record<string, string>;
  /** Ends the body with this error, and the connection. */
  close(reason: AllegroError): void;
  /** Guarded and decoded; see `guardBody` for what it throws. */
  body: ByteStream;
  requestInfo: RequestInfo;
}

/** A successful answer that was read to its end. */
export type TextAnswer = Omit<OpenAnswer, 'body'> & { text: string };
