import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { letterHeaders } from '../../src/engine/dead-letter.ts';
import { deadLettersTopic, progressTopic } from '../../src/engine/topics.ts';
import { controls } from '../../src/topics/controls.ts';
import type { DeliveryPromise } from '../../src/topics/delivery-promises.ts';
import { deliveryPromises } from '../../src/topics/delivery-promises.ts';
import { deliveryTracking } from '../../src/topics/delivery-tracking.ts';
import { issues } from '../../src/topics/issues.ts';
import { realClock } from '../../src/values/clock.ts';
import { after, secondMs } from '../../src/values/time.ts';
import { describeBroker } from '../broker/describe-broker.ts';
import { waitUntil } from '../broker/wait-until.ts';
import { olistHistory } from '../lab/replay/olist-history.ts';
import { LiveInstallation, longAfterMs } from './support/live-installation.ts';
import { promiseOf } from './support/telling.ts';
import { untilItSays, untilReady } from './support/until-it-says.ts';

const names = (prefix: string, count: number): readonly string[] => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
describeBroker('bad input on a real broker', ({ brokers }) => {
  const empty = (): Promise<LiveInstallation> => LiveInstallation.open(brokers);
  /** Those of a group at once: they share nothing, and most of the time they wait. */
  const scenario = (
    name: string,
    told: (on: LiveInstallation) => Promise<void>,
    open = (): Promise<LiveInstallation> => LiveInstallation.ready(brokers),
  ): void => {
    // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- name and expectations are the caller's
    it.concurrent(name, async () => {
      const on = await open();
      try {
        await told(on);
      } finally {
        await on.remove();
      }
    });
  };

  describe('topics', () => {
    scenario(
      'topics of one stage that differ in their partitions: nothing is begun, and it goes on by itself once the commands that it names were typed',
      async (on) => {
        await on.succeed('topics', 'create', '--partitions', '2');
        await on.growTo(on.named(deliveryTracking.name), 3);
        const process = on.start();
        const why = await untilItSays(process, /AMENDS_TOPIC_PARTITIONS: .*stage delivery: .*delivery\.tracking 3/);
        expect(why).toContain('`amends topics create --dry-run` says how to mend it');
        expect(await on.records(progressTopic)).toEqual([]);
        const { code, error } = await on.type('topics', 'create', '--dry-run');
        expect(code).toBe(1);
        const commands = [...error.matchAll(/kafka-topics\.sh .* --alter --topic (\S+) --partitions (\d+)/g)];
        expect(commands).toHaveLength(2);
        for (const [, topic = '', count] of commands) await on.growTo(topic, Number(count));
        await untilReady(process);
      },
      empty,
    );

    scenario('partitions added while it runs: nobody is taken to be late, and /readyz says that it waits for an operator', async (on) => {
      const arrived = names('arrived', 20);
      const process = on.start();
      await untilReady(process);
      await on.growTo(on.named(deliveryTracking.name), 4);
      await on.deliver(arrived);
      await on.promise(arrived);
      const why = await untilItSays(process, /AMENDS_PARTITIONS_CHANGED: delivery\.tracking had 2 partitions and has 4/);
      expect(why).toContain('amends release delivery');
      await realClock.wait(longAfterMs);
      expect({ foundLate: await on.foundLate(), refunded: await on.refunded() }).toEqual({ foundLate: [], refunded: [] });
    });

    scenario(
      'history onto topics that would not keep it: publish names each with its setting, and writes nothing',
      async (on) => {
        const file = await olistHistory({ seed: 1, orders: 3 });
        await on.create('delivery.promises', { 'retention.ms': '604800000' });
        await on.create('delivery.tracking', { 'retention.ms': '-1', 'message.timestamp.before.max.ms': '86400000' });
        await on.create('remedy.refunds', { 'retention.ms': '-1', 'message.timestamp.type': 'LogAppendTime' });
        await on.type('topics', 'create', '--time', 'records', '--partitions', '2');
        const { code, error } = await on.type('publish', file, '--armed', on.policyFile);
        expect(code).toBe(1);
        expect(error).toMatch(/AMENDS_TOPIC_UNFIT/);
        expect(error).toMatch(/delivery\.promises: retention\.ms is 604800000: records .* old would be deleted/);
        expect(error).toMatch(/delivery\.tracking: message\.timestamp\.before\.max\.ms is 86400000: records .* old would be refused/);
        expect(error).toMatch(/remedy\.refunds: message\.timestamp\.type is LogAppendTime/);
        for (const topic of ['delivery.promises', 'delivery.tracking', controls.name]) expect(await on.records(topic)).toEqual([]);
      },
      empty,
    );
  });

  describe('records', () => {
    scenario(
      'a producer that partitions by CRC32: nobody is paid for what went astray, and who is owed money is paid once an operator lets it go on',
      async (on) => {
        const arrived = names('arrived', 40);
        const missing = names('missing', 4);
        const process = on.start();
        await untilReady(process);
        // As librdkafka chooses by default (`consistent_random`).
        await on.deliver(arrived, (key, partitions) => crc32(key) % partitions);
        await on.promise([...arrived, ...missing]);
        const why = await untilItSays(process, /AMENDS_KEY_MISPLACED: .*delivery\.tracking/);
        expect(why).toContain('partitioner=murmur2_random');
        expect(why).toContain('amends release delivery');
        await realClock.wait(longAfterMs);
        expect({ foundLate: await on.foundLate(), refunded: await on.refunded() }).toEqual({ foundLate: [], refunded: [] });
        const letters = (await on.records(deadLettersTopic)).map((letter) => letter.headers().get(letterHeaders.exception)?.toString());
        expect(new Set(letters)).toEqual(new Set(['AMENDS_KEY_MISPLACED']));
        expect(await process.sumOf('amends_quarantined_subjects')).toBeGreaterThanOrEqual(letters.length);

        await on.deliver(arrived);
        await on.succeed('release', 'delivery', '--by', 'ana', '--why', 'the producer is mended');
        await untilReady(process);
        await on.untilRefunded(missing);
        await on.untilOver(process);
        expect(await on.refunded()).toEqual(missing);
      },
    );

    /** All topics, of which `small` takes no batch of more than 4 KiB; money may move. */
    const withSmall =
      (small: (on: LiveInstallation) => string, more: Readonly<Record<string, string>> = {}) =>
      async (): Promise<LiveInstallation> => {
        const on = await LiveInstallation.open(brokers);
        const settings = { 'max.message.bytes': '4096', 'message.timestamp.type': 'LogAppendTime', 'retention.ms': '-1', ...more };
        await on.create(small(on), settings);
        const { code, out } = await on.type('topics', 'create', '--partitions', '2');
        expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('max.message.bytes=4096: ') });
        await on.arm();
        return on;
      };

    /** A parcel with so much in it that what is found of it takes more than 4 KiB. */
    const heavy = (until: string): DeliveryPromise => {
      const promise = promiseOf('heavy', realClock.now(), until);
      const components = names('line', 300).map((line) => ({
        line,
        component: 'line' as const,
        money: { amountMinor: 100, currency: 'EUR' },
      }));
      return deliveryPromises.schema.parse({ ...promise, components: [...promise.components, ...components] });
    };

    const smallOnes = {
      'the issues': (): string => issues.name,
      'the changelog of the stage that finds': (on: LiveInstallation): string => `${on.application}-delivery-changelog`,
      'the changelog of the stage that decides': (on: LiveInstallation): string => `${on.application}-care-changelog`,
    };
    for (const [name, topic] of Object.entries(smallOnes))
      scenario(
        `a record that is larger than ${name} may take: it is set aside with its subject, and everyone else is paid`,
        async (on) => {
          const missing = names('missing', 12);
          const process = on.start();
          await untilReady(process);
          const until = new Date(after(realClock.now(), secondMs)).toISOString().slice(0, 19);
          await on.produce(deliveryPromises, [heavy(until), ...missing.map((who) => promiseOf(who, realClock.now(), until))]);
          await on.untilRefunded(missing);
          await waitUntil('it is set aside', () => process.told.some((line) => /heavy.*SubjectQuarantined/.test(line)));
          const later = names('later', 4);
          await on.promise(later);
          await on.untilRefunded(later);
          expect(await on.refunded()).toEqual([...later, ...missing].toSorted());
          expect(process.told.filter((line) => line.includes('SubjectQuarantined'))).toHaveLength(1);
          expect(await process.ready()).toEqual({ ready: true, why: [] });
        },
        withSmall(topic, name === 'the issues' ? {} : { 'cleanup.policy': 'compact' }),
      );
  });

  describe('the switch', () => {
    scenario(
      'controls that nobody has written to: the problem is found and no money moves until it is armed',
      async (on) => {
        await on.succeed('topics', 'create', '--partitions', '2');
        const missing = names('missing', 4);
        const process = on.start();
        await untilReady(process);
        await on.promise(missing);
        await waitUntil('they are found late', async () => (await on.foundLate()).length === missing.length);
        await on.untilOver(process);
        expect(await on.refunded()).toEqual([]);
        expect(await on.foundLate()).toEqual(missing);
        await on.arm();
        await on.untilRefunded(missing);
        expect(await on.refunded()).toEqual(missing);
      },
      empty,
    );

    scenario(
      'controls that are created again while it runs: no money moves until it is armed again, and then without a restart',
      async (on) => {
        const [before, later] = [names('before', 3), names('later', 3)];
        const process = on.start();
        await untilReady(process);
        await on.promise(before);
        await on.untilRefunded(before);
        await on.admin.deleteTopics({ topics: [on.named(controls.name)] });
        await waitUntil('it is gone', async () => !(await on.admin.listTopics()).includes(on.named(controls.name)));
        await on.succeed('topics', 'create', '--partitions', '2');
        expect(await on.type('switch')).toMatchObject({ code: 0, out: expect.stringContaining('Never armed') });
        await on.promise(later);
        await waitUntil('they are found late', async () => (await on.foundLate()).length === before.length + later.length);
        await on.untilOver(process);
        expect(await on.refunded()).toEqual(before);
        await on.arm();
        await on.untilRefunded(later);
        await on.untilOver(process);
        expect(await on.refunded()).toEqual([...before, ...later]);
        expect(await process.ready()).toEqual({ ready: true, why: [] });
      },
    );
  });
});
