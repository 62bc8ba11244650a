import { AnswerReader } from '../answer-reader.ts';
import type { Api } from '../api.ts';
import { RequestWriter } from '../request-writer.ts';

/** After `transactionTimeoutMs` the coordinator aborts a transaction that nobody ended. */
export interface InitProducerIdRequest {
  readonly transactionalId: string | null;
  readonly transactionTimeoutMs: number;
}

export interface InitProducerIdAnswer {
  readonly throttleMs: number;
  readonly errorCode: number;
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** InitProducerId v1, to the transaction's coordinator: it fences the last owner of the id and settles what it left. */
export const initProducerIdApi: Api<InitProducerIdRequest, InitProducerIdAnswer> = {
  apiKey: 22,
  apiVersion: 1,
  apiName: 'InitProducerId',
  encode: ({ transactionalId, transactionTimeoutMs }) =>
    new RequestWriter().nullableString(transactionalId).int32(transactionTimeoutMs).done(),
  decode: (answer) => {
    const reader = new AnswerReader('InitProducerId', answer);
    return { throttleMs: reader.int32(), errorCode: reader.int16(), producerId: reader.int64(), producerEpoch: reader.int16() };
  },
};
