import { deliveryPromises } from '../../../src/topics/delivery-promises.ts';
import { streamingPlayback } from '../../../src/topics/streaming-playback.ts';
import type { Observed } from '../observed.ts';
import { outsideInputs, readingOf, stagesOf } from './reading.ts';

/**
 * The customers about whom something may be held: those of the subjects that the run names, and of records that came to the wrong
 * place or name somebody else than their key, for when their holding begins depends on how tasks were going.
 */
export const excusedCustomers = (run: Observed): ReadonlySet<string> => {
  const doubted = new Set(run.weakened.subjects);
  for (const { input } of outsideInputs(stagesOf(run)))
    for (const record of run.inputs.get(input.topic.name) ?? []) {
      const reading = readingOf(input, record, run.partitions);
      if (reading.kind === 'misplaced' || (reading.kind === 'unreadable' && reading.subjects.length > 1))
        for (const subject of reading.subjects) doubted.add(subject);
    }
  const excused = new Set(doubted);
  for (const topic of [deliveryPromises, streamingPlayback])
    for (const record of run.inputs.get(topic.name) ?? []) {
      const read = topic.decode(record);
      if (read.kind === 'read' && doubted.has(String(record.key))) excused.add(read.value.customer);
    }
  return excused;
};
