const seed = 0x9747b28c;
const m = 0x5bd1e995;

/** MurmurHash2 (32 bit) of a key as Apache Kafka's Java client computes it, made positive by clearing the sign bit. */
const murmur2 = (key: Uint8Array): number => {
  const { length } = key;
  let h = seed ^ length;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    let k = (key[i] ?? 0) | ((key[i + 1] ?? 0) << 8) | ((key[i + 2] ?? 0) << 16) | ((key[i + 3] ?? 0) << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    k = Math.imul(k, m);
    h = Math.imul(h, m) ^ k;
  }
  const left = length - i;
  if (left === 3) h ^= (key[i + 2] ?? 0) << 16;
  if (left >= 2) h ^= (key[i + 1] ?? 0) << 8;
  if (left >= 1) h = Math.imul(h ^ (key[i] ?? 0), m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  h ^= h >>> 15;
  return h & 0x7fffffff;
};

/** The partition that the Java client, Kafka Streams and kafkajs choose for a key. librdkafka's default (CRC32) differs. */
export const partitionOf = (key: Uint8Array, partitions: number): number => murmur2(key) % partitions;
