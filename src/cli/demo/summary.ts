import { deadLettersTopic } from '../../engine/topics.ts';
import { countBy } from '../../lab/count-by.ts';
import type { EventRecord } from '../../lab/event-record.ts';
import { LinesByPlace } from '../../lab/replay/lines-by-place.ts';
import { outputOf } from '../../lab/replay/outputs.ts';
import type { Summary } from '../../lab/replay/summary.ts';
import { countOutputs } from '../../lab/replay/summary.ts';
import { decisions } from '../../topics/decisions.ts';
import { issues } from '../../topics/issues.ts';
import { remedies } from '../../topics/remedies.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Money } from '../../values/money.ts';
import type { World } from '../../world/holiday-week.ts';
import { eventOf } from './event-of.ts';
import type { Play } from './play.ts';
import type { Reckoning } from './reckoning.ts';
import { reckon } from './reckoning.ts';
import type { Results } from './results.ts';

type Counts = Pick<Summary, 'issues' | 'decisions' | 'commands' | 'customersHelped' | 'deadLetters'>;

/** What came of the demo, in figures. Depends on the world, the policy and how far time has come, never on the wall clock. */
export interface DemoSummary extends Counts {
  readonly seed: number;
  readonly policy: { readonly version: string; readonly hash: string };
  readonly from: string;
  readonly until: string;
  /** What was told to the pipeline, by topic. */
  readonly records: Readonly<Record<string, number>>;
  /** Refunds and credits together, by currency. */
  readonly cost: readonly Money[];
  readonly truth: Reckoning;
}

/** The world's records as lines of an event file, so that evidence can be looked up in it. */
export const historyOf = (play: Play): readonly EventRecord[] => play.history.map(eventOf);

/** What the pipeline wrote, by topic, as event records; places in them are told as lines of `historyOf`. */
export const outputsOf = (play: Play, results: Results): ReadonlyMap<string, readonly EventRecord[]> => {
  const lines = new LinesByPlace();
  for (const [at, place] of play.places.entries()) lines.add(place, at + 1);
  return new Map(play.outputs.map((topic) => [topic, outputOf(results.records.get(topic) ?? [], lines)]));
};

const costOf = (commands: Counts['commands']): readonly Money[] => {
  const byCurrency = new Map<string, number>();
  for (const kind of ['refund', 'credit'])
    for (const { amountMinor, currency } of commands[kind]?.money ?? [])
      byCurrency.set(currency, (byCurrency.get(currency) ?? 0) + amountMinor);
  return [...byCurrency].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, amountMinor]) => ({ amountMinor, currency }));
};

/** The figures at the moment `play` has come to. */
export const summarise = (of: {
  readonly seed: number;
  readonly policy: Policy;
  readonly world: World;
  readonly play: Play;
  readonly results: Results;
  readonly outputs: ReadonlyMap<string, readonly EventRecord[]>;
}): DemoSummary => {
  const { seed, policy, world, play, results, outputs } = of;
  const written = (topic: string): readonly EventRecord[] => outputs.get(topic) ?? [];
  const counts = countOutputs({
    issues: written(issues.name),
    decisions: written(decisions.name),
    commands: Object.values(remedies).flatMap(({ name }) => written(name)),
    letters: written(deadLettersTopic),
  });
  return {
    seed,
    policy: { version: policy.version, hash: policy.hash },
    from: new Date(world.start).toISOString(),
    until: new Date(play.now).toISOString(),
    records: countBy(play.history, ({ topic }) => topic),
    ...counts,
    cost: costOf(counts.commands),
    truth: reckon({ cases: world.cases, helpedAt: results.helpedAt, now: play.now }),
  };
};
