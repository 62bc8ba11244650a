import type { Readiness } from '../../console/endpoints.ts';
import type { TimeMode } from '../../engine/changelog.ts';
import { Engine } from '../../engine/engine.ts';
import type { Log } from '../../engine/log.ts';
import type { Stage } from '../../engine/stage.ts';
import { AmendsError } from '../../happenings/errors.ts';
import type { ErrorCode } from '../../happenings/errors.ts';
import type { Telemetry } from '../../happenings/happening.ts';
import { partitionOf } from '../../values/murmur2.ts';
import type { Clock } from '../../values/time.ts';
import { secondMs } from '../../values/time.ts';
import { DuplicateWatch } from './duplicate-watch.ts';

export interface ServiceOptions {
  /** Names the group, the changelogs and the transactional ids. */
  readonly application: string;
  readonly stages: readonly Stage[];
  readonly time: TimeMode;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Of the code. */
  readonly version: string;
  readonly siblingSlackMs: number;
  /** The process's own name: processes that fail together should not come back together. */
  readonly name: string;
  /** A handle on the log, a new one for each try to start. */
  readonly connect: () => Log;
}

const firstRetryMs = secondMs / 4;
const lastRetryMs = 5 * secondMs;

/** What waiting doesn't mend. Everything else may: brokers come back, topics are created, rights to them are given. */
const forAPerson: readonly ErrorCode[] = ['AMENDS_BROKER_DENIED', 'AMENDS_CONFIGURATION'];

const isForAPerson = (error: unknown): boolean => error instanceof AmendsError && forAPerson.includes(error.code);

/** How one try to start ended. */
type Start = { readonly engine: Engine } | { readonly error: unknown };

/** One process of the pipeline: tries to start until it can, runs until it is told to stop, and can say how it is. */
export class Service {
  readonly #of: ServiceOptions;
  #engine: Engine | undefined;
  #isStopping = false;
  #why = 'it is about to reach the brokers';

  constructor(of: ServiceOptions) {
    this.#of = of;
  }

  /** Whether all its tasks run and conclude; if not, why, a sentence each. A process without tasks of its own stands by, and is ready. */
  ready(): Readiness {
    if (this.#isStopping) return { ready: false, why: ['it was told to stop'] };
    return this.#engine?.ready() ?? { ready: false, why: [this.#why] };
  }

  /**
   * Runs until `signal` aborts; then ends the batches under way, leaves the group and lets go of the log. Throws
   * AMENDS_BROKER_DENIED where the brokers refuse the credentials at the start.
   */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      const log = this.#of.connect();
      try {
        const start = await this.#start(log, signal);
        if ('engine' in start) {
          await this.#runEngine(start.engine, log, signal);
          return;
        }
        if (signal.aborted) return;
        if (isForAPerson(start.error)) throw start.error;
        this.#wait(start.error);
      } finally {
        // What can't be told to the brokers any more they find out by themselves.
        await log.close().catch(() => {});
      }
      await this.#of.clock.wait(this.#delayMs(failures), signal);
    }
  }

  /** Never rejects. A start that is overtaken by the end of the service is waited for, so that nothing is left joined. */
  async #start(log: Log, signal: AbortSignal): Promise<Start> {
    const { application, stages, time, clock, telemetry, version, siblingSlackMs } = this.#of;
    const starting = Engine.start({ application, stages, log, clock, time, telemetry, version, siblingSlackMs }).then(
      (engine): Start => ({ engine }),
      (error: unknown): Start => ({ error }),
    );
    const closeEarly = (): void => {
      this.#isStopping = true;
      void log.close().catch(() => {});
    };
    signal.addEventListener('abort', closeEarly, { once: true });
    const start = await starting;
    signal.removeEventListener('abort', closeEarly);
    return start;
  }

  async #runEngine(engine: Engine, log: Log, signal: AbortSignal): Promise<void> {
    this.#engine = engine;
    const { application, clock, telemetry } = this.#of;
    const watch = new DuplicateWatch({ log, application, clock, telemetry, tasks: () => engine.tasks() });
    const over = new AbortController();
    const watching = watch.run(AbortSignal.any([signal, over.signal]));
    const running = engine.run(signal);
    try {
      // At once, not after the tick under way: what a step waits for is given up when its task closes.
      await Promise.race([running, aborted(signal)]);
      this.#isStopping = true;
      await engine.stop().catch((error: unknown) => telemetry({ name: 'ServiceWaiting', why: `stopping: ${messageOf(error)}` }));
      await running;
    } finally {
      over.abort();
      await watching;
    }
  }

  #wait(error: unknown): void {
    const why = this.#inWords(error);
    // A reason is said once, not with every try.
    if (why !== this.#why) this.#of.telemetry({ name: 'ServiceWaiting', why });
    this.#why = why;
  }

  #inWords(error: unknown): string {
    if (!(error instanceof AmendsError)) return `the brokers can't be reached, it goes on trying: ${messageOf(error)}`;
    const { code, details, message } = error;
    const inRecords = this.#of.time === 'records' ? ' --time records' : '';
    if (code === 'AMENDS_TOPIC_MISSING')
      return `${code}: topics are missing: ${details.join(', ')}; \`amends topics create${inRecords}\` creates them`;
    if (code === 'AMENDS_TOPIC_PARTITIONS')
      return `${code}: topics of one stage differ in their number of partitions: ${details.join('; ')}; \`amends topics create${inRecords} --dry-run\` says how to mend it`;
    return message.split('\n').map((line) => line.trim()).join('; '); // prettier-ignore
  }

  #delayMs(failures: number): number {
    const delayMs = Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(failures, 10));
    const jitter = partitionOf(Buffer.from(`${this.#of.name}#${failures}`), 1_000) / 1_000;
    return delayMs * (0.5 + jitter / 2);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
