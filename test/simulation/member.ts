import type { EngineOptions } from '../../src/engine/engine.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { Stage } from '../../src/engine/stage.ts';
import type { EmbeddedLog } from '../../src/log/memory/embedded-log.ts';
import type { HostClock } from './host-clock.ts';

/** A place in the fleet: a process runs there, is being started, or is down until its supervisor starts it again. */
export class Member {
  readonly name: string;
  readonly stages: readonly Stage[];
  readonly clock: HostClock;
  state: 'down' | 'starting' | 'running' | 'stopping' | 'gone' = 'down';
  engine: Engine | undefined;
  /** By the broker's clock. */
  startAt = 0;
  /** Its heartbeats get nowhere before that. */
  mutedUntil = -Infinity;
  /** It does nothing for so many rounds. */
  pausedRounds = 0;
  /** Commits that wait for an answer. */
  inFlight = 0;
  /** How many processes have been here: one that has crashed must not be heard any more. */
  life = 0;
  isTicking = false;
  #log: EmbeddedLog | undefined;

  constructor(name: string, stages: readonly Stage[], clock: HostClock) {
    this.name = name;
    this.stages = stages;
    this.clock = clock;
  }

  /** Starts a process; one that can't start is down until `retryAt`. */
  start(log: EmbeddedLog, options: Omit<EngineOptions, 'clock' | 'stages'>, retryAt: () => number): void {
    this.life += 1;
    this.#log = log;
    const { life } = this;
    this.state = 'starting';
    this.isTicking = false;
    this.inFlight = 0;
    void this.#startUp(options, life, retryAt);
  }

  /** Ends its process as `kill -9` does; another one is started at `startAt`. */
  kill(startAt: number): void {
    this.#log?.crash();
    this.down(startAt);
  }

  /** Its process is no more; another one is started at `startAt`. */
  down(startAt: number): void {
    this.life += 1;
    this.state = 'down';
    this.engine = undefined;
    this.isTicking = false;
    this.inFlight = 0;
    this.startAt = startAt;
  }

  async #startUp(options: Omit<EngineOptions, 'clock' | 'stages'>, life: number, retryAt: () => number): Promise<void> {
    try {
      const engine = await Engine.start({ ...options, stages: this.stages, clock: this.clock });
      if (life !== this.life) return;
      this.engine = engine;
      this.state = 'running';
    } catch {
      // What it had joined by then runs out.
      if (life === this.life) this.kill(retryAt());
    }
  }
}
