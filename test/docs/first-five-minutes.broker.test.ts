import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeBroker } from '../broker/describe-broker.ts';
import { waitUntil } from '../broker/wait-until.ts';
import { Installation } from '../cli/service/installation.ts';
import { temporaryFolder } from '../lab/temporary-folder.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const part = readme.split(/^## /m).find((each) => each.startsWith('On your own Kafka')) ?? '';
const blocks = [...part.matchAll(/^```\n([^]*?)^```/gm)].map(([, block = '']) => block.trimEnd().split('\n'));

/** What is typed after `amends` in a block, with the README's file in a folder of the test's own. */
const verbsIn = (block: readonly string[], week: string): readonly (readonly string[])[] =>
  block.flatMap((line) => {
    const typed = /^npm run --silent amends -- (.*)$/.exec(line)?.[1];
    return typed === undefined ? [] : [typed.split(' ').map((word) => (word === 'week.ndjson' ? week : word))];
  });

/** A record's place depends on how the work fell into transactions. */
const withoutPlaces = (lines: readonly string[]): readonly string[] => lines.map((line) => line.replace(/ \[[\w.]+\/\d+@\d+\]$/, ''));

describeBroker('the first five minutes on Kafka, as the README tells them', ({ brokers }) => {
  const amends = new Installation(brokers);
  afterAll(() => amends.remove());

  it('lead to a refund, told by the lines that it shows', { timeout: 180_000 }, async () => {
    const [begin = [], ask = [], told = []] = blocks;
    expect(told.length).toBeGreaterThan(2);
    const week = join(temporaryFolder(), 'week.ndjson');
    const verbs = verbsIn(begin, week);
    expect(verbs.map(([verb]) => verb)).toEqual(['topics', 'demo', 'publish', 'run']);
    for (const verb of verbs.slice(0, -1)) expect(await amends.type(...verb)).toMatchObject({ code: 0 });
    const process = amends.start(...(verbs.at(-1) ?? []).slice(1));
    const [explain = []] = verbsIn(ask, week);
    // A committed transaction is seen partition by partition: the command may be told before its decision.
    await waitUntil(
      'all that the README shows is told',
      async () => {
        const said = withoutPlaces((await amends.type(...explain)).out.split('\n'));
        expect(said).toEqual(expect.arrayContaining([...withoutPlaces(told)]));
        return true;
      },
      120_000,
    );
    expect(await process.end('SIGINT')).toBe(0);
  });
});
