import { fileURLToPath } from 'node:url';
import { CompressionTypes } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeBroker, describeJava } from '../../broker/describe-broker.ts';
import { javaFiles } from '../../broker/java-files.ts';
import { runCommand } from '../../broker/run-command.ts';
import { readAll, textOf } from '../../conformance/harness.ts';
import { Corner } from './corner.ts';

const program = fileURLToPath(new URL('ProduceCompressed.java', import.meta.url));

/** What ProduceCompressed.java sends as `what`: key, value and header `codec` of each record. */
const sent = (what: string): readonly (readonly [string | undefined, string, string | undefined])[] =>
  Array.from({ length: 20 }, (_, i) => [
    i === 3 ? undefined : i === 4 ? '\0\0\0\0' : `${what} ${i}`,
    i === 5 ? '(deleted)' : `${what} ${i}; `.repeat(i === 6 ? 20_000 : 3),
    i % 4 === 0 ? what : undefined,
  ]);

describeBroker('records that other producers have compressed', ({ brokers }) => {
  let corner: Corner;
  beforeAll(async () => {
    corner = await Corner.open(brokers);
  });
  afterAll(() => corner.close());

  it('are read as they were sent by kafkajs, by gzip', async () => {
    const topic = await corner.topic('gzip');
    const producer = corner.kafka.producer();
    await producer.connect();
    const texts = Array.from({ length: 50 }, (_, index) => `${index} `.repeat(index));
    await producer.send({ topic, compression: CompressionTypes.GZIP, messages: texts.map((value) => ({ partition: 0, value })) });
    await producer.disconnect();
    expect((await readAll(corner.connect(), { topic, partition: 0 })).map(textOf)).toEqual(texts);
  });
});

await describeJava('records that Java producers have compressed', () => {
  describeBroker('on a real broker', ({ brokers }) => {
    let corner: Corner;
    beforeAll(async () => {
      corner = await Corner.open(brokers);
    });
    afterAll(() => corner.close());

    it('are read as they were sent, whatever the codec, and nothing of what was aborted', async () => {
      const topic = await corner.topic('java');
      const { java, classPath } = await javaFiles();
      await runCommand(java, ['-XX:TieredStopAtLevel=1', '-cp', classPath, program, brokers.join(), topic], { timeoutMs: 60_000 });
      const read = await readAll(corner.connect(), { topic, partition: 0 });
      expect(read.map((each) => [each.key?.toString(), textOf(each), each.headers().get('codec')?.toString()])).toEqual(
        ['gzip', 'snappy', 'lz4', 'zstd'].flatMap((codec) => [...sent(codec), ...sent(`${codec} kept`)]),
      );
    });
  });
});
