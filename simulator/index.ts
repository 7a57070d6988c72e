export { startSimulator, type Simulator } from './simulator';
export { DEFAULT_SWITCHES, type SimulatorOptions } from './options';
export type { Fault, FaultKind } from './http/faults';
export type { RequestRecord } from './http/request-log';
export { STEADY_HOST } from './traffic/hosts';
