import { AnswerReader } from '../answer-reader.ts';
import type { Api } from '../api.ts';
import { RequestWriter } from '../request-writer.ts';

/** What has settings, as the protocol numbers it. */
const resourceTypes = { topic: 2, broker: 4 } as const;

export interface DescribeConfigsRequest {
  readonly of: keyof typeof resourceTypes;
  /** Topics, or ids of brokers. */
  readonly names: readonly string[];
}

export interface DescribeConfigsAnswer {
  readonly throttleMs: number;
  readonly resources: readonly {
    readonly name: string;
    readonly errorCode: number;
    readonly errorMessage: string | null;
    /** Kafka's name of a setting -> its value, defaults included; those it keeps secret are left out. */
    readonly configs: ReadonlyMap<string, string>;
  }[];
}

/** DescribeConfigs v1. Topics: to any broker; a broker's: to that one. */
export const describeConfigsApi: Api<DescribeConfigsRequest, DescribeConfigsAnswer> = {
  apiKey: 32,
  apiVersion: 1,
  apiName: 'DescribeConfigs',
  encode: ({ of, names }) => {
    const writer = new RequestWriter();
    const allOfThem = -1;
    writer.array(names, (name) => writer.int8(resourceTypes[of]).string(name).int32(allOfThem));
    const includeSynonyms = false;
    return writer.bool(includeSynonyms).done();
  },
  decode: (answer) => {
    const reader = new AnswerReader('DescribeConfigs', answer);
    const throttleMs = reader.int32();
    const resources = reader.array(() => {
      const errorCode = reader.int16();
      const errorMessage = reader.nullableString();
      const _type = reader.int8();
      const name = reader.string();
      const configs = new Map<string, string>();
      reader.array(() => {
        const setting = reader.string();
        const value = reader.nullableString();
        const _isReadOnly = reader.bool();
        const _source = reader.int8();
        const _isSecret = reader.bool();
        reader.array(() => [reader.string(), reader.nullableString(), reader.int8()]);
        if (value !== null) configs.set(setting, value);
      });
      return { name, errorCode, errorMessage, configs };
    });
    return { throttleMs, resources };
  },
};
