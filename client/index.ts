/** The client: one appliance over its REST API. Hosts and definitions import from here. */
export { AllegroClient } from './allegro-client';
export type { Address } from './api/address';
export type { CallOptions } from './api/api';
export type { Device } from './devices/devices';
export type { ChoiceSource } from './devices/choices';
export type { ClientContext } from './http/context';
export {
  AllegroError,
  inputError,
  isNotFound,
  missingError,
  reasonOf,
  type ErrorKind,
} from './errors';
export {
  causesOf,
  systemCodeOf,
  toTransportError,
  TransportError,
  type ByteStream,
  type Cause,
  type HttpMethod,
  type RequestBody,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from './http/transport';
