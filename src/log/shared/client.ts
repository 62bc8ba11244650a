import type { FaultHook, FaultPoint } from '../../engine/log.ts';
import { Injected } from './refused.ts';

/** What a request meets; a crash is never met, it ends everything. */
type Fault = Exclude<Awaited<ReturnType<FaultHook>>, 'crash'>;

/** Never settles: whoever awaits it has crashed. */
const forever = <T>(): Promise<T> => new Promise(() => {});

/** One process as the broker sees it: it asks its fault hook before each request, and once crashed does nothing any more. */
export class Client {
  readonly name: string;
  readonly #faults: FaultHook | undefined;
  #state: 'open' | 'closed' | 'crashed' = 'open';
  readonly #over = new AbortController();

  constructor(name: string, faults: FaultHook | undefined) {
    this.name = name;
    this.#faults = faults;
  }

  get hasFaults(): boolean {
    return this.#faults !== undefined;
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** Aborts when the process closes or crashes. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  crash(): void {
    this.#state = 'crashed';
    this.#over.abort();
  }

  close(): void {
    if (this.#state === 'open') this.#state = 'closed';
    this.#over.abort();
  }

  /** Never returns to a process that has crashed. */
  alive(): Promise<void> | undefined {
    return this.#state === 'crashed' ? forever() : undefined;
  }

  /** As `alive`; throws in a process that has closed its log. */
  live(): Promise<void> | undefined {
    if (this.#state === 'closed') throw new Error(`the log of ${this.name} is closed`);
    return this.alive();
  }

  /** Work over many requests: throws in a process that has closed its log, and never settles in one that crashes meanwhile. */
  async call<T>(work: () => Promise<T>): Promise<T> {
    await this.live();
    try {
      const done = await work();
      await this.alive();
      return done;
    } catch (error) {
      await this.alive();
      throw error;
    }
  }

  /** What the next request at `point` meets. Never settles when that is a crash. */
  async meet(point: FaultPoint, owner: string): Promise<Fault> {
    await this.live();
    if (!this.#faults) return 'none';
    const fault = await this.#faults(point, owner);
    if (fault === 'crash') this.crash();
    await this.alive();
    return fault === 'crash' ? forever() : fault;
  }

  /** Sends a request: `effect` is what it does at the broker. Rejects with `Refused` when it is refused or gets no answer. */
  async request<T>(point: FaultPoint, owner: string, effect: () => T | Promise<T>): Promise<T> {
    const fault = await this.meet(point, owner);
    if (fault === 'refuse' || fault === 'lose-request')
      throw new Injected('transient', fault === 'refuse' ? `${point} was refused` : `${point} got no answer`);
    const answer = effect();
    if (fault === 'lose-answer') {
      await answer;
      throw new Injected('transient', `${point} got no answer`);
    }
    return answer;
  }
}
