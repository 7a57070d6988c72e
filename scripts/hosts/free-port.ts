import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';

// Below the ranges from which Linux (32768), macOS and Windows (49152) take the ports of outgoing
// connections: a port that the system gave could be one of those by the time a host has started.
const FIRST = 20_000;
const LAST = 32_000;
const MOST_TRIES = 100;

/**
 * A port of the loopback that nobody listens on, for a program that is started with it. No other
 * caller gets it until this process ends, so that hosts may start side by side.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const port = randomInt(FIRST, LAST);
    if ((await isFree(port)) && (await reserve(port))) return port;
  }
  throw new Error(`None of ${MOST_TRIES} ports between ${FIRST} and ${LAST} was free.`);
}

/**
 * A host takes half a minute until it listens, and looks free until then. The UDP port of the same
 * number stands for "given away": the system gives it to one process only, and frees it at its end.
 */
function reserve(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4').unref();
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true));
  });
}

/** Whether nobody listens there, on the loopback or on all addresses of this machine. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}
