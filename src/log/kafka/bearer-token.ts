interface SaslExchange<A> {
  readonly request: { encode(): Promise<Buffer> };
  readonly response: { decode(answer: Buffer): Promise<Buffer>; parse(told: Buffer): Promise<A> };
}

/** Bytes with their length before them, as kafkajs exchanges them. */
const withLength = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** The status in a refusal, such as invalid_token; never more of it, for it may quote the token. */
const statusIn = (refusal: Buffer): string => /"status"\s*:\s*"([a-z_]{1,40})"/.exec(refusal.toString('utf8'))?.[1] ?? 'no reason given';

/**
 * Authentication by OAUTHBEARER (RFC 7628) for kafkajs's connections. Its own takes any answer to the token for a yes, but a
 * server that refuses it says so in an answer that is not empty (section 3.2.2), and only the next request fails.
 */
export const bearerToken =
  (token: () => Promise<string>) =>
  ({
    saslAuthenticate,
  }: {
    readonly saslAuthenticate: (exchange: SaslExchange<void>) => Promise<unknown>;
  }): { authenticate(): Promise<void> } => ({
    authenticate: async () => {
      const message = withLength(`n,,\u0001auth=Bearer ${await token()}\u0001\u0001`);
      await saslAuthenticate({
        request: { encode: async () => message },
        response: {
          decode: async (answer) => answer.subarray(4),
          parse: async (refusal) => {
            if (refusal.length > 0) throw new Error(`SASL OAUTHBEARER: the token was refused (${statusIn(refusal)})`);
          },
        },
      });
    },
  });
