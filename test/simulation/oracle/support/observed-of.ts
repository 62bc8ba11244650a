import type { TimeMode } from '../../../../src/engine/changelog.ts';
import type { LogRecord } from '../../../../src/engine/log.ts';
import { deadLettersTopic } from '../../../../src/engine/topics.ts';
import type { Policy } from '../../../../src/policy/policy.ts';
import { decisions } from '../../../../src/topics/decisions.ts';
import { issues } from '../../../../src/topics/issues.ts';
import { remedies } from '../../../../src/topics/remedies.ts';
import type { Instant } from '../../../../src/values/time.ts';
import type { Fleet } from '../../../engine/support/fleet.ts';
import type { Observed } from '../../observed.ts';
import { stagesOf } from '../reading.ts';

const outputs = [issues.name, decisions.name, deadLettersTopic, ...Object.values(remedies).map(({ name }) => name)];

/** What a fleet leaves for the oracle, all its tasks being brought to `until`. */
export const observedOf = (
  fleet: Fleet,
  of: { readonly mode: TimeMode; readonly policy: Policy; readonly partitions: number; readonly until: Instant },
): Observed => {
  const run: Observed = {
    ...of,
    act: true,
    inputs: new Map(),
    outputs: new Map(outputs.map((topic) => [topic, fleet.broker.records(topic)])),
    changelogs: new Map(),
    weakened: { missingAllowed: false, subjects: new Set(), unread: new Set(), why: [] },
  };
  const outside = stagesOf(run).flatMap(({ inputs }) =>
    inputs.filter(({ written }) => written === 'outside').map(({ topic }) => topic.name),
  );
  return { ...run, inputs: new Map(outside.map((topic) => [topic, fleet.broker.records(topic)])) };
};

/** A run in which what stands on one topic is something else. */
export const withOutputs = (run: Observed, topic: string, change: (records: readonly LogRecord[]) => readonly LogRecord[]): Observed => ({
  ...run,
  outputs: new Map([...run.outputs].map(([name, records]) => [name, name === topic ? change(records) : records])),
});

/** A run in which what others wrote on one topic is something else. */
export const withInputs = (run: Observed, topic: string, change: (records: readonly LogRecord[]) => readonly LogRecord[]): Observed => ({
  ...run,
  inputs: new Map([...run.inputs].map(([name, records]) => [name, name === topic ? change(records) : records])),
});

/** A record with another value. */
export const changed = (record: LogRecord, change: (value: object) => object): LogRecord => ({
  ...record,
  value: Buffer.from(JSON.stringify(change(JSON.parse(String(record.value)) as object))),
});
