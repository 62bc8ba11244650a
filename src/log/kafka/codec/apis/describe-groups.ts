import { AnswerReader } from '../answer-reader.ts';
import type { Api } from '../api.ts';
import { RequestWriter } from '../request-writer.ts';

export interface DescribeGroupsRequest {
  readonly groups: readonly string[];
}

export interface DescribeGroupsAnswer {
  readonly throttleMs: number;
  /** `state` as Kafka names it: Stable, Empty, Dead (also: never heard of), PreparingRebalance, CompletingRebalance. */
  readonly groups: readonly { readonly errorCode: number; readonly name: string; readonly state: string; readonly members: number }[];
}

/** DescribeGroups v1, to the groups' coordinator. */
export const describeGroupsApi: Api<DescribeGroupsRequest, DescribeGroupsAnswer> = {
  apiKey: 15,
  apiVersion: 1,
  apiName: 'DescribeGroups',
  encode: ({ groups }) => {
    const writer = new RequestWriter();
    return writer.array(groups, (group) => writer.string(group)).done();
  },
  decode: (answer) => {
    const reader = new AnswerReader('DescribeGroups', answer);
    const throttleMs = reader.int32();
    const bytes = (): readonly number[] => reader.array(() => reader.int8());
    const groups = reader.array(() => {
      const errorCode = reader.int16();
      const name = reader.string();
      const state = reader.string();
      const _protocolType = reader.string();
      const _protocol = reader.string();
      const members = reader.array(() => {
        const id = reader.string();
        const _clientId = reader.string();
        const _host = reader.string();
        const _metadata = bytes();
        const _assignment = bytes();
        return id;
      });
      return { errorCode, name, state, members: members.length };
    });
    return { throttleMs, groups };
  },
};
