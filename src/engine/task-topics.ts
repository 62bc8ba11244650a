import { AmendsError } from '../happenings/errors.ts';
import type { Log, TopicDescription } from './log.ts';
import type { Stage } from './stage.ts';
import { deadLettersTopic } from './topics.ts';

/** An input that has another number of partitions than before. */
export interface Repartitioned {
  readonly topic: string;
  readonly before: number;
  readonly now: number;
}

/** The topics of one task: partitions as they were when the process started, ids as they were when the task was taken over. */
export class TaskTopics {
  readonly #stage: Stage;
  readonly #log: Log;
  readonly #known: Map<string, TopicDescription>;

  constructor(stage: Stage, log: Log, atStart: ReadonlyMap<string, TopicDescription>) {
    this.#stage = stage;
    this.#log = log;
    this.#known = new Map(atStart);
  }

  /** Throws AMENDS_TOPIC_MISSING. */
  readonly get = (topic: string): TopicDescription => {
    const known = this.#known.get(topic);
    if (!known) throw new AmendsError('AMENDS_TOPIC_MISSING', [topic]);
    return known;
  };

  /** How many tasks the stage has. */
  get tasks(): number {
    const keyed = this.#stage.inputs.find(({ whole }) => !whole);
    return keyed ? this.get(keyed.topic.name).partitions : 1;
  }

  /** To be called before their ends are asked for: what is created again afterwards is read under the old id, and so noticed. */
  async describeInputs(): Promise<void> {
    const names = [...this.#stage.inputs.map(({ topic }) => topic.name), deadLettersTopic];
    await Promise.all(
      names.map(async (name) => {
        const { id } = await this.#log.describe(name);
        this.#known.set(name, { ...this.get(name), id });
      }),
    );
  }

  /** Which inputs have other partitions by now. Throws where a broadcast was created again: the task has to read the new one, from its beginning. */
  async changed(): Promise<readonly Repartitioned[]> {
    const changed: Repartitioned[] = [];
    for (const { topic, whole } of this.#stage.inputs) {
      const before = this.get(topic.name);
      const { id, partitions } = await this.#log.describe(topic.name);
      if (partitions !== before.partitions) changed.push({ topic: topic.name, before: before.partitions, now: partitions });
      // The permit asks for the very topic that was read.
      else if (whole && id !== before.id) throw new Error(`${topic.name} was created again`);
    }
    return changed;
  }
}
