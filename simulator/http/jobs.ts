import { randomUUID } from 'node:crypto';
import type { Switches } from '../switches';
import { HttpError } from './reply/http-error';
import type { Reply } from './reply/reply';

interface Job {
  uuid: string;
  /** A poll has to address the same device and slot. */
  address: string;
  /** Makes the result: it is as of the time when it is fetched, and need not be kept. */
  result(): Promise<object>;
  polls: number;
}

/** The oldest are forgotten, so that a long run does not grow. */
const LARGEST_NUMBER = 500;

/** Requests that are answered later. Source: "Retrieval of global connections" (`/API/async`). */
export class Jobs {
  private readonly jobs = new Map<string, Job>();
  private nextId = 1;

  constructor(private readonly switches: Switches) {}

  async announce(result: () => Promise<object>, address: string): Promise<Reply> {
    const { asyncDirect, asyncFirstStatus, asyncIdType } = this.switches;
    if (asyncDirect) return { body: await result() };
    const id = this.nextId++;
    const uuid = randomUUID();
    if (this.jobs.size >= LARGEST_NUMBER) this.jobs.delete(this.jobs.keys().next().value!);
    this.jobs.set(String(id), { uuid, address, result, polls: 0 });
    const asyncID = asyncIdType === 'number' ? id : String(id);
    return { status: asyncFirstStatus, body: { asyncID, asyncUUID: uuid } };
  }

  async poll(id: string, uuid: string | undefined, address: string): Promise<Reply> {
    const job = this.jobs.get(id);
    if (!job || job.uuid !== uuid) throw new HttpError(404, `There is no job ${id}.`);
    if (job.address !== address) {
      throw new HttpError(404, `There is no job ${id} on this device: mm-id differs.`);
    }
    const { asyncPolls, asyncErrorCode, asyncLostAfter } = this.switches;
    if (asyncLostAfter > 0 && job.polls >= asyncLostAfter) {
      this.jobs.delete(id);
      throw new HttpError(404, `There is no job ${id}.`);
    }
    if (job.polls++ < asyncPolls) return { status: 202, body: {} };
    if (asyncErrorCode !== 0) return { body: { errorCode: asyncErrorCode } };
    return { body: { errorCode: 0, asyncResult: await job.result() } };
  }
}
