import { AnswerReader } from '../answer-reader.ts';
import type { Api } from '../api.ts';
import { RequestWriter } from '../request-writer.ts';

/** `key` is a group or a transactional id. */
export interface FindCoordinatorRequest {
  readonly key: string;
  readonly of: 'group' | 'transaction';
}

export interface FindCoordinatorAnswer {
  readonly throttleMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

/** FindCoordinator v2, to any broker. */
export const findCoordinatorApi: Api<FindCoordinatorRequest, FindCoordinatorAnswer> = {
  apiKey: 10,
  apiVersion: 2,
  apiName: 'FindCoordinator',
  encode: ({ key, of }) =>
    new RequestWriter()
      .string(key)
      .int8(of === 'group' ? 0 : 1)
      .done(),
  decode: (answer) => {
    const reader = new AnswerReader('FindCoordinator', answer);
    return {
      throttleMs: reader.int32(),
      errorCode: reader.int16(),
      errorMessage: reader.nullableString(),
      nodeId: reader.int32(),
      host: reader.string(),
      port: reader.int32(),
    };
  },
};
