import { z } from 'zod';
import { jsonTopic } from '../formats/json.ts';
import { instant } from '../values/time.ts';
import { customerId, plainId, sessionId, text, timestamp } from './parts.ts';

const everyEvent = {
  session: sessionId,
  customer: customerId,
  title: plainId,
  offer: z.enum(['rental', 'purchase', 'subscription', 'free']),
  observedAt: timestamp,
};
const ms = z
  .number()
  .int()
  .nonnegative()
  .max(7 * 86_400_000);
const kbps = z.number().nonnegative().max(10_000_000);

const schema = z.discriminatedUnion('event', [
  z.strictObject({
    ...everyEvent,
    event: z.literal('start'),
    startupMs: ms,
    titleLengthMs: ms.optional(),
    cdn: text.optional(),
    isp: text.optional(),
    device: text.optional(),
  }),
  /** What was played since the last heartbeat, and how. */
  z.strictObject({ ...everyEvent, event: z.literal('heartbeat'), positionMs: ms, playedMs: ms, throughputKbps: kbps, bitrateKbps: kbps }),
  /** Playback stood still for `stalledMs` at media position `positionMs`. Told once it is over. */
  z.strictObject({ ...everyEvent, event: z.literal('stall'), positionMs: ms, stalledMs: ms }),
  z.strictObject({ ...everyEvent, event: z.literal('end'), positionMs: ms, why: z.enum(['finished', 'abandoned', 'error']) }),
]);

export type PlaybackEvent = z.infer<typeof schema>;

/** What players report. Keyed by session. */
export const streamingPlayback = jsonTopic<PlaybackEvent>({
  name: 'streaming.playback',
  schema,
  key: (event) => event.session,
  observedAt: (event) => instant(Date.parse(event.observedAt)),
});
