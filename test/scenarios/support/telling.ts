import type { Topic } from '../../../src/formats/topic.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { controls } from '../../../src/topics/controls.ts';
import type { DeliveryPromise } from '../../../src/topics/delivery-promises.ts';
import { deliveryPromises } from '../../../src/topics/delivery-promises.ts';
import type { Scan } from '../../../src/topics/delivery-tracking.ts';
import { deliveryTracking } from '../../../src/topics/delivery-tracking.ts';
import type { Instant } from '../../../src/values/time.ts';
import type { Fleet } from '../../engine/support/fleet.ts';

/** Something that others write onto the log at an instant. */
export interface Told {
  readonly at: Instant;
  /** `logged`: when the log gets it, where that isn't `at`. */
  readonly tell: (fleet: Fleet, logged?: Instant) => Promise<void>;
}

/** A value told on its topic at an instant. */
export const told = <T>(topic: Topic<T>, value: T, at: Instant): Told => ({
  at,
  tell: (fleet, logged = at) => fleet.produce(topic, [[value, logged]]),
});

/** An instant as ISO 8601 in UTC. */
export const iso = (at: Instant): string => new Date(at).toISOString();

/** An operator allows money to move under a policy. */
export const armed = (policy: Policy, at: Instant, latch = 1): Told =>
  told(controls, { scope: 'fleet', by: 'ops', why: 'go', at: iso(at), latch, state: 'armed', policy: policy.hash }, at);

/** An operator stops all money. */
export const stopped = (at: Instant, latch = 2): Told =>
  told(controls, { scope: 'fleet', by: 'ops', why: 'too many refunds', at: iso(at), latch, state: 'stopped' }, at);

/** What a parcel of the scenarios cost, in euro cents. */
const price = { line: 5_000, tax: 400, shipping: 600 } as const;

const components: DeliveryPromise['components'] = [
  { line: 'l1', component: 'line', money: { amountMinor: price.line, currency: 'EUR' } },
  { line: 'l1', component: 'tax', money: { amountMinor: price.tax, currency: 'EUR' } },
  { component: 'shipping', money: { amountMinor: price.shipping, currency: 'EUR' } },
];

/** A parcel's promise, made at `at`, for a customer of the same name as its number. `until`: a local day or time of `zone`. */
export const promiseOf = (name: string, at: Instant, until: string, zone = 'UTC'): DeliveryPromise =>
  deliveryPromises.schema.parse({
    carrier: 'dhl',
    number: name,
    shipment: 's1',
    revision: 1,
    madeAt: iso(at),
    order: `order-${name}`,
    customer: name,
    seller: 'acme',
    fulfilledBy: 'us',
    lines: [{ line: 'l1', quantity: 1 }],
    components,
    tenders: [{ tender: 'card', money: { amountMinor: price.line + price.tax + price.shipping, currency: 'EUR' }, captured: true }],
    gift: false,
    window: { from: until.slice(0, 10), until, zone },
    locale: 'en',
  });

/** That promise, logged when it was made. */
export const promised = (name: string, at: Instant, until: string, zone = 'UTC'): Told =>
  told(deliveryPromises, promiseOf(name, at, until, zone), at);

/** A scan as its carrier sends it. */
export const scanOf = (name: string, at: Instant, status: Scan['status'], more: Partial<Scan> = {}): Scan =>
  deliveryTracking.schema.parse({ carrier: 'dhl', number: name, shipment: 's1', status, observedAt: iso(at), ...more });

/** A carrier's scan of a parcel, logged when it was made. */
export const scanned = (name: string, at: Instant, status: Scan['status'], more: Partial<Scan> = {}): Told =>
  told(deliveryTracking, scanOf(name, at, status, more), at);

/** Writes a history onto the log in the order of its time. */
export const tellAll = async (fleet: Fleet, history: readonly Told[]): Promise<void> => {
  for (const one of history.toSorted((a, b) => a.at - b.at)) await one.tell(fleet);
};
