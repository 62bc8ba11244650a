import { afterAll, beforeAll } from 'vitest';
import { describeBroker } from '../broker/describe-broker.ts';
import type { Backdoor } from './kafka-harness.ts';
import { kafkaHarness, openBackdoor } from './kafka-harness.ts';
import { logConformance } from './log.ts';

describeBroker('on a real broker', ({ brokers }) => {
  let backdoor: Backdoor;

  beforeAll(async () => {
    backdoor = await openBackdoor(brokers);
  });

  afterAll(() => backdoor.admin.disconnect());

  // Time is real here: one after the other they would take many minutes, most of it waiting.
  logConformance('Apache Kafka', () => Promise.resolve(kafkaHarness(backdoor)), { concurrent: true });
});
