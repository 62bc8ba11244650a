/**
 * What an error code asks for:
 * `none` nothing; `retriable` the same request again, after a pause; `refresh` metadata or the coordinator anew, then again;
 * `missing` the topic isn't there (or not yet, just after it was created); `fenced` another owner has the id;
 * `abort` this attempt can't succeed, and a fresh one may; `not-open` no transaction is open that could be ended so;
 * `out-of-range` the position is before the first or past the last offset; `too-large` a record or batch is too large;
 * `permanent` the same again would fail the same.
 */
export type ErrorKind =
  | 'none'
  | 'retriable'
  | 'refresh'
  | 'missing'
  | 'fenced'
  | 'abort'
  | 'not-open'
  | 'out-of-range'
  | 'too-large'
  | 'permanent';

export interface ProtocolError {
  readonly code: number;
  /** As Kafka's protocol guide names it. */
  readonly name: string;
  readonly kind: ErrorKind;
}

/** Those that the requests in `apis/` are answered with (Kafka's Errors.java, 4.1). */
const table: readonly (readonly [code: number, name: string, kind: ErrorKind])[] = [
  [-1, 'UNKNOWN_SERVER_ERROR', 'abort'],
  [0, 'NONE', 'none'],
  [1, 'OFFSET_OUT_OF_RANGE', 'out-of-range'],
  [2, 'CORRUPT_MESSAGE', 'abort'],
  [3, 'UNKNOWN_TOPIC_OR_PARTITION', 'missing'],
  [4, 'INVALID_FETCH_SIZE', 'permanent'],
  [5, 'LEADER_NOT_AVAILABLE', 'refresh'],
  [6, 'NOT_LEADER_OR_FOLLOWER', 'refresh'],
  [7, 'REQUEST_TIMED_OUT', 'retriable'],
  [8, 'BROKER_NOT_AVAILABLE', 'refresh'],
  [9, 'REPLICA_NOT_AVAILABLE', 'refresh'],
  [10, 'MESSAGE_TOO_LARGE', 'too-large'],
  [13, 'NETWORK_EXCEPTION', 'retriable'],
  [14, 'COORDINATOR_LOAD_IN_PROGRESS', 'retriable'],
  [15, 'COORDINATOR_NOT_AVAILABLE', 'refresh'],
  [16, 'NOT_COORDINATOR', 'refresh'],
  [17, 'INVALID_TOPIC_EXCEPTION', 'permanent'],
  [18, 'RECORD_LIST_TOO_LARGE', 'too-large'],
  [19, 'NOT_ENOUGH_REPLICAS', 'retriable'],
  [20, 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'retriable'],
  [21, 'INVALID_REQUIRED_ACKS', 'permanent'],
  [29, 'TOPIC_AUTHORIZATION_FAILED', 'permanent'],
  [30, 'GROUP_AUTHORIZATION_FAILED', 'permanent'],
  [31, 'CLUSTER_AUTHORIZATION_FAILED', 'permanent'],
  [32, 'INVALID_TIMESTAMP', 'permanent'],
  [33, 'UNSUPPORTED_SASL_MECHANISM', 'permanent'],
  [34, 'ILLEGAL_SASL_STATE', 'permanent'],
  [35, 'UNSUPPORTED_VERSION', 'permanent'],
  [36, 'TOPIC_ALREADY_EXISTS', 'permanent'],
  [37, 'INVALID_PARTITIONS', 'permanent'],
  [38, 'INVALID_REPLICATION_FACTOR', 'permanent'],
  [39, 'INVALID_REPLICA_ASSIGNMENT', 'permanent'],
  [40, 'INVALID_CONFIG', 'permanent'],
  [41, 'NOT_CONTROLLER', 'refresh'],
  [42, 'INVALID_REQUEST', 'permanent'],
  [43, 'UNSUPPORTED_FOR_MESSAGE_FORMAT', 'permanent'],
  [44, 'POLICY_VIOLATION', 'permanent'],
  [45, 'OUT_OF_ORDER_SEQUENCE_NUMBER', 'abort'],
  [46, 'DUPLICATE_SEQUENCE_NUMBER', 'abort'],
  [47, 'INVALID_PRODUCER_EPOCH', 'fenced'],
  [48, 'INVALID_TXN_STATE', 'not-open'],
  [49, 'INVALID_PRODUCER_ID_MAPPING', 'abort'],
  [50, 'INVALID_TRANSACTION_TIMEOUT', 'permanent'],
  [51, 'CONCURRENT_TRANSACTIONS', 'retriable'],
  [52, 'TRANSACTION_COORDINATOR_FENCED', 'abort'],
  [53, 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'permanent'],
  [54, 'SECURITY_DISABLED', 'permanent'],
  [55, 'OPERATION_NOT_ATTEMPTED', 'abort'],
  [56, 'KAFKA_STORAGE_ERROR', 'refresh'],
  [58, 'SASL_AUTHENTICATION_FAILED', 'permanent'],
  [59, 'UNKNOWN_PRODUCER_ID', 'abort'],
  [74, 'FENCED_LEADER_EPOCH', 'refresh'],
  [75, 'UNKNOWN_LEADER_EPOCH', 'retriable'],
  [76, 'UNSUPPORTED_COMPRESSION_TYPE', 'permanent'],
  [78, 'OFFSET_NOT_AVAILABLE', 'retriable'],
  [87, 'INVALID_RECORD', 'permanent'],
  [89, 'THROTTLING_QUOTA_EXCEEDED', 'retriable'],
  [90, 'PRODUCER_FENCED', 'fenced'],
  [100, 'UNKNOWN_TOPIC_ID', 'missing'],
  [103, 'INCONSISTENT_TOPIC_ID', 'refresh'],
  [120, 'TRANSACTION_ABORTABLE', 'abort'],
];

const byCode: ReadonlyMap<number, ProtocolError> = new Map(table.map(([code, name, kind]) => [code, { code, name, kind }]));

/** Name and kind of an error code. One that isn't known is named by its number and never taken as permanent: it asks for a fresh attempt. */
export const errorOf = (code: number): ProtocolError => byCode.get(code) ?? { code, name: `error ${code}`, kind: 'abort' };
