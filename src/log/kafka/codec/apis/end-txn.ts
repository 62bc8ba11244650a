import { AnswerReader } from '../answer-reader.ts';
import type { Api } from '../api.ts';
import { RequestWriter } from '../request-writer.ts';

export interface EndTxnRequest {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly isCommit: boolean;
}

export interface EndTxnAnswer {
  readonly throttleMs: number;
  readonly errorCode: number;
}

/** EndTxn v1, to the transaction's coordinator: once it is sent, nobody knows the outcome but its answer. */
export const endTxnApi: Api<EndTxnRequest, EndTxnAnswer> = {
  apiKey: 26,
  apiVersion: 1,
  apiName: 'EndTxn',
  encode: ({ transactionalId, producerId, producerEpoch, isCommit }) =>
    new RequestWriter().string(transactionalId).int64(producerId).int16(producerEpoch).bool(isCommit).done(),
  decode: (answer) => {
    const reader = new AnswerReader('EndTxn', answer);
    return { throttleMs: reader.int32(), errorCode: reader.int16() };
  },
};
