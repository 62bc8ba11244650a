import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../src/engine/log.ts';
import { progressTopic, transactionalIdOf } from '../../src/engine/topics.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { realClock } from '../../src/values/clock.ts';
import { partitionOf } from '../../src/values/murmur2.ts';
import { secondMs } from '../../src/values/time.ts';
import { describeBroker } from '../broker/describe-broker.ts';
import { waitUntil } from '../broker/wait-until.ts';
import { RawTransaction } from '../log/kafka/raw-transaction.ts';
import { LiveInstallation } from './support/live-installation.ts';
import { untilItSays, untilReady } from './support/until-it-says.ts';

const names = (prefix: string, count: number): readonly string[] => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** The last record of a key that somebody else has not written. */
const lastOf = (records: readonly LogRecord[], partition: number, isIt: (key: string) => boolean): { key: string; value: string } => {
  const found = records.findLast((record) => record.partition === partition && record.value !== null && isIt(String(record.key)));
  if (!found) throw new Error('no such record');
  return { key: String(found.key), value: String(found.value) };
};

describeBroker('state that is not as it was left, on a real broker', ({ brokers }) => {
  const scenario = (name: string, told: (on: LiveInstallation) => Promise<void>): void => {
    // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- name and expectations are the caller's
    it.concurrent(name, async () => {
      const on = await LiveInstallation.ready(brokers);
      try {
        await told(on);
      } finally {
        await on.remove();
      }
    });
  };

  describe('its own records', () => {
    scenario(
      'a changelog that holds what can not be read: each task says where and what to do, the others run, and once it is written over all go on and nobody is paid twice',
      async (on) => {
        const before = 'before';
        const first = on.start();
        await untilReady(first);
        await on.promise([before]);
        await on.untilRefunded([before]);
        await on.untilOver(first);
        expect(await first.end('SIGTERM')).toBe(0);

        const [delivery, streaming, care] = ['delivery', 'streaming', 'care'].map((stage) => on.changelogOf(stage)) as [
          string,
          string,
          string,
        ];
        // A row of care that tells what was given: whose loss would cost money.
        const paid = partitionOf(Buffer.from(before), 2);
        const row = lastOf(await on.records(care), paid, (key) => key !== 'checkpoint' && key.includes(before));
        const { value: checkpoint } = lastOf(await on.records(care), paid, (key) => key === 'checkpoint');
        await on.write(care, paid, row.key, 'not JSON');
        await on.write(care, paid, 'checkpoint', checkpoint);
        await on.write(delivery, 0, 'a key that is none of ours', '{}');
        await on.write(delivery, 1, 'parcels-of-tomorrow x', '[1,0,{}]');
        await on.write(streaming, 0, 'quarantine x', '[99,0,{}]');
        await on.write(streaming, 1, 'checkpoint', '{"format":99,"release":"9.9.9"}');

        const second = on.start();
        await waitUntil(
          'five tasks are halted',
          async () => (await second.ready()).why.filter((why) => why.includes('halted')).length === 5,
        );
        const why = (await second.ready()).why.join('\n');
        expect(why).toMatch(
          new RegExp(`care/${paid} is halted: AMENDS_CHANGELOG_UNREADABLE[^]*care-changelog/${paid}@\\d+: the value is not JSON`),
        );
        expect(why).toMatch(/delivery\/0 is halted: AMENDS_CHANGELOG_UNREADABLE[^]*delivery-changelog\/0@\d+: unknown table "a"/);
        expect(why).toMatch(
          /delivery\/1 is halted: AMENDS_CHANGELOG_UNREADABLE[^]*delivery-changelog\/1@\d+: unknown table "parcels-of-tomorrow"/,
        );
        expect(why).toMatch(
          /streaming\/0 is halted: AMENDS_CHANGELOG_NEWER[^]*streaming-changelog\/0@\d+: a row of quarantine has version 99/,
        );
        expect(why).toMatch(/streaming\/1 is halted: AMENDS_CHANGELOG_NEWER[^]*format 99, this release knows 1; release 9\.9\.9 wrote it/);
        expect(why).toContain('write over the record under the same key');
        expect(why).toContain('run the release that wrote it, or a newer one');
        expect(why).not.toContain('not valid JSON');
        // The one that is left runs.
        const care2 = (await second.ready()).why.filter((each) => each.startsWith(`care/${1 - paid}`));
        expect(care2).toEqual([]);
        expect(second.told.filter((line) => line.includes('"to":"halted"') || line.includes('halted'))).not.toEqual([]);

        const later = names('later', 4);
        await on.promise(later);
        expect(await second.end('SIGTERM')).toBe(0);
        expect(await on.refunded()).toEqual([before]);
        await on.write(care, paid, row.key, row.value);
        await on.write(delivery, 0, 'a key that is none of ours', null);
        await on.write(delivery, 1, 'parcels-of-tomorrow x', null);
        await on.write(streaming, 0, 'quarantine x', null);
        // As the newer release would have, had it been taken back before it wrote anything else.
        await on.write(streaming, 1, 'checkpoint', '{"mode":"live","number":1,"clock":null,"partitions":{},"topicIds":{},"inputs":{}}');

        const third = on.start();
        await untilReady(third);
        await on.untilRefunded(later);
        await on.untilOver(third);
        expect(await on.refunded()).toEqual([before, ...later].toSorted());
      },
    );

    scenario(
      'a changelog that is deleted and created again while it runs: its tasks halt, also after a restart, and nobody is paid for it',
      async (on) => {
        const before = names('before', 4);
        const process = on.start();
        await untilReady(process);
        await on.promise(before);
        await on.untilRefunded(before);
        await on.untilOver(process);
        await on.delete(on.changelogOf('care'));
        await untilItSays(process, /AMENDS_TOPIC_MISSING[^]*care-changelog/);
        await on.succeed('topics', 'create', '--partitions', '2');
        const why = await untilItSays(process, /care\/0 is halted: AMENDS_CHANGELOG_LOST[^]*care\/1 is halted: AMENDS_CHANGELOG_LOST/);
        expect(why).toContain('amends stop');
        await on.promise(['later']);
        await waitUntil('it is found late', async () => (await on.foundLate()).includes('later'));
        expect(await process.end('SIGTERM')).toBe(0);
        const again = on.start();
        await untilItSays(again, /care\/0 is halted: AMENDS_CHANGELOG_LOST[^]*care\/1 is halted: AMENDS_CHANGELOG_LOST/);
        expect(await on.refunded()).toEqual(before);
      },
    );
  });

  describe('its name and its topics', () => {
    scenario(
      'a transactional id that is taken again and again by another program: it is named, not fought for without rest, and all are paid once when that ends',
      async (on) => {
        const process = on.start();
        await untilReady(process);
        const id = on.named(transactionalIdOf(on.application, 'delivery', 0));
        const missing: string[] = [];
        const over = new AbortController();
        let taken = 0;
        const other = (async (): Promise<void> => {
          while (!over.signal.aborted) {
            (await RawTransaction.open(brokers, id)).close();
            taken += 1;
            // Something to do for the task, each time: only who writes finds out.
            const who = names(`missing${taken}-`, 4);
            missing.push(...who);
            await on.promise(who);
          }
        })();
        try {
          const why = await untilItSays(process, /delivery\/0 is waiting: AMENDS_TRANSACTIONAL_ID_IN_USE/);
          expect(why).toContain(`${transactionalIdOf(on.application, 'delivery', 0)} was taken`);
          expect(why).toContain('find who else uses it');
          await waitUntil('it has been taken often', () => taken >= 60);
        } finally {
          over.abort();
          await other;
        }
        const fenced = process.told.filter((line) => /TransactionFailed/.test(line) && line.includes('fenced')).length;
        expect(fenced).toBeGreaterThanOrEqual(3);
        // It waits longer each time: the other takes it far more often.
        expect(fenced).toBeLessThan(taken / 3);
        expect(await process.sumOf('amends_transactions_failed_total')).toBeGreaterThanOrEqual(fenced);
        await untilReady(process);
        await on.untilRefunded(missing);
        await on.untilOver(process);
        expect(await on.refunded()).toEqual(missing.toSorted());
        expect(await process.ready()).toEqual({ ready: true, why: [] });
      },
    );

    scenario(
      'a transactional id that is used by mistake for long: whoever wrote under it is refused, and nothing of it counts',
      async (on) => {
        const process = on.start();
        await untilReady(process);
        const stranger = await RawTransaction.open(brokers, on.named(transactionalIdOf(on.application, 'delivery', 0)));
        try {
          const refund = { key: Buffer.from('c'), value: Buffer.from('a refund that nobody decided') };
          await stranger.append([{ topic: on.named('remedy.refunds'), partition: 0, ...refund, timestamp: realClock.now() }]);
          await on.promise(names('missing', 6));
          await on.untilRefunded(names('missing', 6));
          await expect(stranger.end(true)).rejects.toThrow(/FENCED|INVALID_PRODUCER_EPOCH|INVALID_TXN_STATE/);
        } finally {
          stranger.close();
        }
        expect(await on.records('remedy.refunds')).toHaveLength(6);
      },
    );

    scenario(
      'an input that is deleted while it runs: it says so, goes on once it is there again, and concludes nothing about what nobody read',
      async (on) => {
        const process = on.start();
        await untilReady(process);
        await on.promise(['doubtful'], 6 * secondMs);
        await waitUntil('its promise is read', async () => (await process.sumOf('amends_records_consumed_total')) > 0);
        await on.delete(deliveryTracking.name);
        const why = await untilItSays(process, /delivery\/\d is waiting: AMENDS_TOPIC_MISSING[^]*delivery\.tracking/);
        expect(why).toContain('amends topics create');
        await on.succeed('topics', 'create', '--partitions', '2');
        await untilReady(process);
        await waitUntil('the gap is found', () => process.told.some((line) => /GapFound/.test(line) && line.includes('delivery.tracking')));
        await on.promise(['later'], 2 * secondMs);
        await on.untilRefunded(['later']);
        await on.untilOver(process);
        expect({ foundLate: await on.foundLate(), refunded: await on.refunded() }).toEqual({ foundLate: ['later'], refunded: ['later'] });
      },
    );

    scenario(
      'outputs and the topics that are only ours, deleted while it runs: it says which, and goes on once they are there again',
      async (on) => {
        const process = on.start();
        await untilReady(process);
        await on.promise(['before']);
        await on.untilRefunded(['before']);
        await on.untilOver(process);
        await on.delete('remedy.refunds');
        await on.delete(progressTopic);
        const why = await untilItSays(process, /AMENDS_TOPIC_MISSING[^]*amends\.progress/);
        expect(why).toContain('amends topics create');
        await on.promise(['missing']);
        await on.succeed('topics', 'create', '--partitions', '2');
        await on.untilRefunded(['missing']);
        await on.untilOver(process);
        // What was ordered on the topic that is gone was ordered: it is not ordered again.
        expect(await on.refunded()).toEqual(['missing']);
        await untilReady(process);
      },
    );
  });
});
