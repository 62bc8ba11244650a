import type { PlaybackEvent } from '../topics/streaming-playback.ts';
import { streamingPlayback } from '../topics/streaming-playback.ts';
import { streamingPurchases } from '../topics/streaming-purchases.ts';
import type { OrderId, SessionId } from '../values/ids.ts';
import type { Instant } from '../values/time.ts';
import { after, minuteMs, secondMs } from '../values/time.ts';
import type { Trouble } from './case.ts';
import type { Chance } from './chance.ts';
import type { Customer } from './customer.ts';
import { instantAt } from './local-clock.ts';
import { titles } from './markets.ts';
import type { Story } from './parcel.ts';
import type { WorldRecord } from './world-record.ts';
import { recordOf } from './world-record.ts';

const heartbeatMs = 2 * minuteMs;

/** Told by the player a moment after it happened. */
const told = (event: PlaybackEvent, at: Instant, chance: Chance): WorldRecord =>
  recordOf(streamingPlayback, event, after(at, chance.int(200, 4_000)));

/** What a player reports from the first picture to the last. `stutters`: from some minute on less comes in than is played. */
const playback = (of: {
  readonly common: Pick<PlaybackEvent, 'session' | 'customer' | 'title' | 'offer'>;
  readonly startedAt: Instant;
  readonly stutters: boolean;
  readonly cdn: string;
  readonly isp: string;
  readonly chance: Chance;
}): { readonly records: readonly WorldRecord[]; readonly endedAt: Instant } => {
  const { common, stutters, chance } = of;
  const titleLengthMs = chance.int(84, 148) * minuteMs;
  const bitrateKbps = chance.pick([4_500, 8_000, 15_000]);
  const stopsEarly = !stutters && chance.happens(0.2);
  const goodMs = stutters ? chance.int(1, 6) * heartbeatMs : titleLengthMs;
  const patienceMs = stutters && chance.happens(0.85) ? goodMs + chance.int(4, 11) * heartbeatMs : titleLengthMs;
  const stopsAtMs = stopsEarly ? chance.int(10, 60) * minuteMs : patienceMs;
  const observedAt = (at: Instant): string => new Date(at).toISOString();

  let at = of.startedAt;
  const records = [told({ ...common, observedAt: observedAt(at), event: 'start', startupMs: stutters ? chance.int(4_000, 19_000) : chance.int(300, 2_500), titleLengthMs, cdn: of.cdn, isp: of.isp, device: chance.pick(['tv', 'tablet', 'phone', 'browser']) }, at, chance)]; // prettier-ignore
  let positionMs = 0;
  while (positionMs < stopsAtMs) {
    const slow = stutters && positionMs >= goodMs;
    const playedMs = Math.min(heartbeatMs, stopsAtMs - positionMs);
    const stalls = slow ? chance.int(1, 3) : chance.happens(0.02) ? 1 : 0;
    for (let stall = 0; stall < stalls; stall += 1) {
      const stalledMs = slow ? chance.int(12, 70) * secondMs : chance.int(400, 2_500);
      at = after(at, stalledMs);
      records.push(told({ ...common, observedAt: observedAt(at), event: 'stall', positionMs, stalledMs }, at, chance));
    }
    at = after(at, playedMs);
    positionMs += playedMs;
    const throughputKbps = Math.round(bitrateKbps * (slow ? chance.between(0.15, 0.6) : chance.between(1.6, 4)));
    records.push(told({ ...common, observedAt: observedAt(at), event: 'heartbeat', positionMs, playedMs, throughputKbps, bitrateKbps: slow ? Math.round(bitrateKbps / 3) : bitrateKbps }, at, chance)); // prettier-ignore
  }
  records.push(told({ ...common, observedAt: observedAt(at), event: 'end', positionMs, why: positionMs >= titleLengthMs ? 'finished' : 'abandoned' }, after(at, secondMs), chance)); // prettier-ignore
  return { records, endedAt: at };
};

/** One evening with one title, from the purchase (of a rental) to the end. `startsLocal` is a time of the customer's zone. */
export const filmStory = (of: {
  readonly number: number;
  readonly customer: Customer;
  readonly startsLocal: number;
  readonly trouble: Trouble | undefined;
  readonly cdn: string;
  readonly chance: Chance;
}): Story => {
  const { customer, trouble, chance } = of;
  const { market, zone } = customer;
  const name = String(of.number).padStart(6, '0');
  const startedAt = instantAt(of.startsLocal, zone);
  const offer = trouble === 'stuttered-subscription' || (trouble === undefined && chance.happens(0.4)) ? 'subscription' : 'rental';
  const film = chance.pick(titles);
  const common = { session: `p-${name}` as SessionId, customer: customer.id, title: film.title, offer } as const;
  const { records, endedAt } = playback({
    common,
    startedAt,
    stutters: trouble !== undefined,
    cdn: of.cdn,
    isp: chance.pick(['isp-larch', 'isp-heron', 'isp-delta']),
    chance,
  });
  const price = { amountMinor: chance.pick(market.rental), currency: market.currency };
  const purchasedAt = after(startedAt, -chance.int(1, 40) * minuteMs);
  const purchase = recordOf(
    streamingPurchases,
    {
      customer: customer.id,
      order: `v-${name}` as OrderId,
      title: film.title,
      name: film.name,
      offer: 'rental',
      components: [{ line: 'l1', component: 'line', money: price }],
      tenders: [{ tender: 'card', money: price, captured: true }],
      purchasedAt: new Date(purchasedAt).toISOString(),
      zone,
      locale: market.locale,
    },
    after(purchasedAt, chance.int(100, 3_000)),
  );
  const calls = trouble === 'stuttered' && chance.happens(0.8) ? after(endedAt, chance.int(4, 90) * minuteMs) : undefined;
  return {
    case: {
      kind: 'film',
      subject: common.session,
      customer: customer.id,
      ...(trouble && { trouble }),
      ...(calls !== undefined && { wouldCallAt: calls }),
      zone,
    },
    records: offer === 'rental' ? [purchase, ...records] : records,
  };
};
