export { startSimulator, type Simulator } from './simulator';
export type { SimulatorOptions } from './options';
export { DEFAULT_SWITCHES } from './switches';
export { PERSONALITIES, type Personality } from './personalities';
export type { Fault, FaultKind } from './http/faults';
export { NEW_DEVICE, STEADY_HOST } from './traffic/hosts';
export { TROUBLES, type TroubleKind } from './traffic/trouble';
