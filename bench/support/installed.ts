import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TimeMode } from '../../src/engine/changelog.ts';
import type { Log, LogRecord } from '../../src/engine/log.ts';
import { waitUntil } from '../../test/broker/wait-until.ts';
import type { RunProcess } from '../../test/cli/service/a-process.ts';
import { Installation } from '../../test/cli/service/installation.ts';
import { recordsOn } from '../../test/support/on-a-log.ts';

/** A parcel that its carrier declares lost is paid for at once. */
const policy = `
version: bench
quietHours: { from: "00:00", until: "00:00" }
rules:
  - name: parcel-lost
    issue: lost-in-transit
    reasons: [declared-lost]
    mode: auto
    settle: PT0S
    ladder:
      - { name: money-back, remedy: refund }
`;

/** The stages of the pipeline, each of which has a task a partition. */
export const stages = ['delivery', 'streaming', 'care'] as const;

/** Amends on somebody's brokers as its operators have it, with money allowed to move. */
export class Installed extends Installation {
  readonly brokers: string;
  readonly #folder: string;

  private constructor(brokers: readonly string[], folder: string, more: Readonly<Record<string, string>>) {
    super(brokers, { AMENDS_POLICY: join(folder, 'policy.yaml'), ...more });
    this.brokers = brokers.join();
    this.#folder = folder;
  }

  /** With all topics of so many partitions, for this way to tell time; `more`: settings of Amends itself. */
  static async open(
    brokers: readonly string[],
    of: { readonly partitions: number; readonly time?: TimeMode; readonly more?: Readonly<Record<string, string>> },
  ): Promise<Installed> {
    const { partitions, time = 'live', more = {} } = of;
    const folder = mkdtempSync(join(tmpdir(), 'amends-bench-'));
    writeFileSync(join(folder, 'policy.yaml'), policy);
    const one = new Installed(brokers, folder, more);
    await one.#succeed('topics', 'create', '--partitions', String(partitions), '--time', time);
    await one.#succeed('arm', '--policy', join(folder, 'policy.yaml'), '--by', 'bench', '--why', 'measured');
    return one;
  }

  /** What stands before the brokers' names of our topics. */
  get prefix(): string {
    return this.named('');
  }

  get reading(): Log {
    return this.log;
  }

  /** Everything committed on a topic of ours. */
  records(topic: string): Promise<readonly LogRecord[]> {
    return recordsOn(this.log, topic);
  }

  override async remove(): Promise<void> {
    await super.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #succeed(...typed: readonly string[]): Promise<void> {
    const said = await this.type(...typed);
    if (said.code !== 0) throw new Error(`amends ${typed.join(' ')} ended with ${said.code}: ${said.error}${said.out}`);
  }
}

/** The lines of a metric, as the process serves them. */
const linesOf = async (process: RunProcess, metric: string): Promise<readonly string[]> => {
  const text = await (await fetch(`${await process.address}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith(`${metric}{`));
};

/** How old the clock of each task of a stage is in that process, by partition, in ms: how far it is behind of what it could conclude. */
export const clockAgesMs = async (process: RunProcess, stage: string): Promise<ReadonlyMap<number, number>> => {
  const ages = new Map<number, number>();
  for (const line of await linesOf(process, 'amends_task_clock_age_seconds')) {
    const [, of, partition, seconds] = /stage="([^"]+)",partition="(\d+)"\} (\S+)/.exec(line) ?? [];
    if (of === stage) ages.set(Number(partition), 1_000 * Number(seconds));
  }
  return ages;
};

/** Until so many tasks of a stage have concluded everything before now. */
export const untilStageConcluded = (process: RunProcess, stage: string, tasks: number, forMs?: number): Promise<void> => {
  const at = Date.now();
  return waitUntil(
    `${tasks} tasks of ${stage} have concluded everything before ${new Date(at).toISOString()}`,
    async () => {
      const ages = await clockAgesMs(process, stage);
      return ages.size === tasks && [...ages.values()].every((ageMs) => Date.now() - ageMs >= at);
    },
    forMs,
  );
};
