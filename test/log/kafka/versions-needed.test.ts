import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { Versions } from '../../../src/log/kafka/connections.ts';
import { versionsMissing } from '../../../src/log/kafka/versions-needed.ts';

/** The keys by kafkajs's reckoning. */
const apiKeys = createRequire(import.meta.url)('kafkajs/src/protocol/requests/apiKeys') as Readonly<Record<string, number>>;

/** A broker that takes every version of everything. */
const everything: Versions = Object.fromEntries(Object.values(apiKeys).map((key) => [key, { minVersion: 0, maxVersion: 99 }]));

describe('the versions of the protocol', () => {
  it('are there at a broker that takes them all', () => {
    expect(versionsMissing(everything)).toEqual([]);
  });

  it.each(['Produce', 'Fetch', 'ListOffsets', 'Metadata', 'InitProducerId', 'EndTxn', 'JoinGroup', 'SyncGroup', 'OffsetCommit'])(
    'are told where %s is too old, too new, or not there',
    (name) => {
      const key = apiKeys[name] ?? -1;
      expect(versionsMissing({ ...everything, [key]: { minVersion: 0, maxVersion: 0 } })).toEqual([
        expect.stringMatching(new RegExp(`^${name} v\\d+ \\(it takes v0 to v0\\)`)),
      ]);
      expect(versionsMissing({ ...everything, [key]: { minVersion: 98, maxVersion: 99 } })).toHaveLength(1);
      const without = Object.fromEntries(Object.entries(everything).filter(([each]) => each !== String(key)));
      expect(versionsMissing(without)).toEqual([`${name} (not at all)`]);
    },
  );
});
