/**
 * One request of the Kafka protocol and its answer. `encode` gives the bytes after the request header's client id, `decode`
 * takes those after the answer's correlation id; where a version is flexible, both begin with the header's tag byte.
 */
export interface Api<Asked, Answered> {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  encode(asked: Asked): Buffer;
  /** Throws AnswerUnreadable on bytes that are no such answer. Error codes inside are values, never thrown. */
  decode(answer: Buffer): Answered;
}
