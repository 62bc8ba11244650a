/**
 * Every error that a user can meet: code, what happened, and what to do about it. `docs/errors.md` explains each; a test
 * holds the two together in both directions. Places (topic, partition, offset, file, line) come with the error itself.
 */
export const catalogue = {
  AMENDS_RECORD_NOT_JSON: { what: 'the value is not JSON', cure: 'fix the producer; replay the letter once it writes JSON' },
  AMENDS_RECORD_INVALID: {
    what: 'a field is missing or has the wrong type or value',
    cure: 'compare the record with the JSON Schema of its topic in schemas/',
  },
  AMENDS_RECORD_EMPTY: { what: 'the record has no value', cure: 'this topic takes no tombstones; fix the producer' },
  AMENDS_RECORD_TOO_LARGE: {
    what: 'the record is larger than the limit of its topic',
    cure: 'send less, or raise the limit of the topic and of those downstream',
  },
  AMENDS_KEY_MISSING: {
    what: 'the record has no key',
    cure: 'produce with the subject as the key, so that all its records meet in one partition',
  },
  AMENDS_KEY_MISMATCH: { what: 'the key is not the subject in the value', cure: 'produce with the key that the topic names' },
  AMENDS_KEY_MISPLACED: {
    what: 'the record is in another partition than murmur2 of its key',
    cure: "set the producer's partitioner to murmur2 (librdkafka: partitioner=murmur2_random)",
  },
  AMENDS_HANDLER_FAILED: {
    what: 'our own code threw on this record or row',
    cure: 'report it with the subject; a new version tries once more',
  },
  AMENDS_ROW_STUCK: {
    what: 'a row stayed due without changing anything',
    cure: 'report it with the subject: a detector or ladder asks to be woken for nothing',
  },
  AMENDS_OWN_RECORD_UNREADABLE: {
    what: 'a record on a topic that Amends itself writes can not be read',
    cure: 'do not skip it: check who else writes to this topic, then the versions of the processes',
  },
  AMENDS_BATCH_UNREADABLE: {
    what: 'a batch of records can not be read',
    cure: 'check the broker and its disks at this offset; what it really lost can be passed over by trimming the topic there',
  },
  AMENDS_CHANGELOG_UNREADABLE: {
    what: 'a changelog record can not be read',
    cure: 'take the right to write there from whoever else has it; write over the record under the same key, as docs/errors.md tells; then start this process again',
  },
  AMENDS_CHANGELOG_NEWER: {
    what: 'the state was written by a newer release',
    cure: 'run the release that wrote it, or a newer one: an older one can not read it',
  },
  AMENDS_CHANGELOG_LOST: {
    what: 'a changelog is no longer the one that the state was written to',
    cure: 'the memory of what was given is gone with it: stop the money (amends stop), then start afresh under another AMENDS_APPLICATION, as docs/errors.md tells',
  },
  AMENDS_TRANSACTIONAL_ID_IN_USE: {
    what: 'something else takes our transactional id again and again',
    cure: 'find who else uses it (another installation under the same AMENDS_APPLICATION and AMENDS_TOPIC_PREFIX, or a program with this transactional.id) and give it another name; this task goes on by itself then',
  },
  AMENDS_MODE_MIXED: { what: 'the changelog was written in the other time mode', cure: 'use another application id for a replay' },
  AMENDS_PARTITIONS_CHANGED: {
    what: 'an input topic has another number of partitions than before',
    cure: 'keys have moved: migrate the state before absence and money go on',
  },
  AMENDS_TOPIC_MISSING: { what: 'a topic is missing', cure: 'create it: amends topics create' },
  AMENDS_TOPIC_PARTITIONS: {
    what: 'input topics of one stage have different numbers of partitions',
    cure: 'create them with the same number',
  },
  AMENDS_BROKER_UNREACHABLE: {
    what: 'no broker answers',
    cure: 'check AMENDS_BROKERS, the network, AMENDS_TLS and AMENDS_TLS_CA_FILE; amends doctor tells of each broker',
  },
  AMENDS_BROKER_DENIED: {
    what: 'the brokers refuse us',
    cure: 'check the credentials (AMENDS_SASL_..., AMENDS_TLS_...) and the rights that docs/deploy.md lists',
  },
  AMENDS_BROKER_REFUSED: {
    what: 'the brokers refuse what was asked',
    cure: 'mend what they say; amends doctor tells what the topics and brokers need',
  },
  AMENDS_TOPIC_UNFIT: {
    what: 'topics would not keep this history as it is',
    cure: 'publish to topics of its own: set another AMENDS_TOPIC_PREFIX, then amends topics create --time records',
  },
  AMENDS_TOPIC_NOT_EMPTY: {
    what: 'topics hold records already',
    cure: 'publish to topics of its own (another AMENDS_TOPIC_PREFIX), or what comes after them by --append',
  },
  AMENDS_PUBLISH_BROKEN_OFF: {
    what: 'a history is published in part only',
    cure: 'start again with fresh topics: what is there would be read twice',
  },
  AMENDS_SWITCH_UNKNOWN: {
    what: 'nobody knows whether the switch was turned',
    cure: 'amends switch says how it stands; type it again: turning it twice is turning it once',
  },
  AMENDS_CONFIGURATION: { what: 'the configuration has mistakes', cure: 'mend the settings listed' },
  AMENDS_POLICY_INVALID: { what: 'the policy has mistakes', cure: 'mend the places listed; amends policy check FILE lists them again' },
  AMENDS_FILE_UNREADABLE: { what: 'a file can not be read', cure: 'check its path and rights' },
  AMENDS_FILE_BAD_LINES: {
    what: 'an event file has lines that can not be read',
    cure: 'mend the lines listed, or go on without them by --skip-bad',
  },
  AMENDS_FOLDER_NOT_EMPTY: {
    what: 'the folder to write to has something in it',
    cure: 'name another folder, or replace an older result by --force',
  },
  AMENDS_IMPORT_INVALID: {
    what: 'a source file has not the columns or rows expected',
    cure: 'check that it is the file the importer names',
  },
  AMENDS_NOT_FOUND: { what: 'nothing is known by this id', cure: 'check the id and the folder' },
} as const;

export type ErrorCode = keyof typeof catalogue;

/** An error of the catalogue: what happened, where, what to do. */
export class AmendsError extends Error {
  readonly code: ErrorCode;
  /** `details`: one line each, with place (file:line, topic/partition@offset, setting). */
  readonly details: readonly string[];
  constructor(code: ErrorCode, details: readonly string[] = [], cure: string = catalogue[code].cure) {
    super(`${code}: ${catalogue[code].what}${details.length ? `\n  ${details.join('\n  ')}` : ''}\n  -> ${cure}`);
    this.name = 'AmendsError';
    this.code = code;
    this.details = details;
  }
}
