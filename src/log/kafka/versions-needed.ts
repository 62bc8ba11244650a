import { addPartitionsToTxnApi } from './codec/apis/add-partitions-to-txn.ts';
import { endTxnApi } from './codec/apis/end-txn.ts';
import { fetchApi } from './codec/apis/fetch.ts';
import { findCoordinatorApi } from './codec/apis/find-coordinator.ts';
import { initProducerIdApi } from './codec/apis/init-producer-id.ts';
import { listOffsetsApi } from './codec/apis/list-offsets.ts';
import { metadataApi } from './codec/apis/metadata.ts';
import { produceApi } from './codec/apis/produce.ts';
import type { Versions } from './connections.ts';
import { groupVersions } from './connections.ts';

/** The keys of the requests that kafkajs writes for us (Kafka's protocol guide). */
const groupKeys = { OffsetCommit: 8, JoinGroup: 11, Heartbeat: 12, LeaveGroup: 13, SyncGroup: 14 } as const;

const ours = [
  produceApi,
  fetchApi,
  listOffsetsApi,
  metadataApi,
  findCoordinatorApi,
  initProducerIdApi,
  addPartitionsToTxnApi,
  endTxnApi,
].map(({ apiName, apiKey, apiVersion }) => ({ apiName, apiKey, apiVersion }));

const kafkajss = (Object.keys(groupKeys) as (keyof typeof groupKeys)[]).map((apiName) => ({
  apiName,
  apiKey: groupKeys[apiName],
  apiVersion: groupVersions[apiName],
}));

/** Which of the requests that the service sends a broker doesn't take in the version that we speak, in words; none: it will do. */
export const versionsMissing = (versions: Versions): readonly string[] =>
  [...ours, ...kafkajss].flatMap(({ apiName, apiKey, apiVersion }) => {
    const range = versions[apiKey];
    if (range === undefined) return [`${apiName} (not at all)`];
    const { minVersion, maxVersion } = range;
    return apiVersion < minVersion || apiVersion > maxVersion
      ? [`${apiName} v${apiVersion} (it takes v${minVersion} to v${maxVersion})`]
      : [];
  });
