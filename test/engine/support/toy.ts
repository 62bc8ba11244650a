import { z } from 'zod';
import type { Instant } from '../../../src/values/time.ts';
import { after, instant } from '../../../src/values/time.ts';
import { jsonTopic } from '../../../src/formats/json.ts';
import type { Stage, Table } from '../../../src/engine/stage.ts';
import { input, rows } from '../../../src/engine/stage.ts';

/** Devices ping; one that is silent for longer than this raises an alarm. */
export const silenceMs = 60_000;
/** An alarm that stands for longer than this is paid for. */
export const settleMs = 30_000;

const id = z.string().regex(/^[^\s/]{1,64}$/);

/** Keyed by device; a device belongs to the owner before the dot. */
export const pings = jsonTopic({
  name: 'toy.pings',
  schema: z.strictObject({ device: id, note: z.string().optional() }),
  key: (ping) => ping.device,
});
export const alarms = jsonTopic({
  name: 'toy.alarms',
  schema: z.strictObject({ owner: id, device: id, armedBy: z.number(), revision: z.number(), state: z.enum(['open', 'closed']) }),
  key: (alarm) => alarm.owner,
  order: (alarm) => `${alarm.device}/${alarm.armedBy}/${alarm.revision}`,
});
/** What another department gives the owner by itself: written outside, read by pay. */
export const gifts = jsonTopic({ name: 'toy.gifts', schema: z.strictObject({ owner: id, device: id }), key: (gift) => gift.owner });
export const switches = jsonTopic({
  name: 'toy.switch',
  schema: z.strictObject({ name: id, on: z.boolean() }),
  key: (state) => state.name,
  compacted: true,
});
export const payments = jsonTopic({
  name: 'toy.payments',
  schema: z.strictObject({ owner: id, id: z.string(), at: z.number() }),
  key: (payment) => payment.owner,
  guarded: true,
});

interface Device {
  readonly last: number;
  readonly alarm?: number;
  readonly ended?: number;
  readonly wakeAt?: number;
}
const wakeAt = (row: { readonly wakeAt?: number }): Instant | undefined => (row.wakeAt === undefined ? undefined : instant(row.wakeAt));
const table = <S extends { readonly wakeAt?: number }>(name: string): Table<S> => ({
  name,
  version: 1,
  wakeAt,
  upcast: (_, stored) => stored as S,
});

export const devices = table<Device>('devices');

/** Finds devices that have gone silent, and says when they are back. */
export const watch = (): Stage => ({
  name: 'watch',
  upstream: [],
  outputs: [alarms as never],
  inputs: [
    input(pings, ({ device, note }, at, task) => {
      if (note === 'throw') throw new Error('a handler that throws');
      const known = task.get(devices, device);
      const last = Math.max(known?.last ?? 0, at.time);
      // Back while the alarm stands: the wake that follows says so.
      if (known?.alarm === undefined) task.put(devices, device, { last, wakeAt: last + silenceMs });
      else task.put(devices, device, { ...known, last, ended: known.ended ?? at.time, wakeAt: at.time });
    }),
  ],
  rows: [
    rows(devices, (device, row, task) => {
      if (device.endsWith('stuck')) return;
      if (device.endsWith('broken')) throw new Error('a waker that throws');
      const owner = device.slice(0, device.indexOf('.'));
      if (row.alarm === undefined) {
        task.emit(alarms, { owner, device, armedBy: row.last, revision: 1, state: 'open' });
        task.put(devices, device, { last: row.last, alarm: row.last });
      } else {
        task.emit(alarms, { owner, device, armedBy: row.alarm, revision: 2, state: 'closed' });
        task.put(devices, device, { last: row.last, wakeAt: row.last + silenceMs });
      }
    }),
  ],
});

interface Case {
  readonly state: 'open' | 'closed' | 'paid';
  readonly openedAt: number;
  readonly armedBy: number;
  readonly wakeAt?: number;
}
const cases = table<Case>('cases');
const given = table<{ readonly wakeAt?: number }>('given');
const switched = table<{ readonly on: boolean; readonly wakeAt?: number }>('switched');

/** Pays for alarms that stand, once each, unless the owner already got something. */
export const pay = (): Stage => ({
  name: 'pay',
  upstream: ['watch'],
  outputs: [payments as never],
  inputs: [
    input(switches, ({ name, on }, _, task) => task.put(switched, name, { on }), {
      whole: true,
      forget: (task) => task.put(switched, 'main', undefined),
    }),
    input(gifts, ({ owner, device }, _, task) => task.put(given, `${owner}/${device}`, {})),
    input(
      alarms,
      ({ owner, device, armedBy, state }, at, task) => {
        const key = `${owner}/${device}@${armedBy}`;
        const known = task.get(cases, key);
        if (state === 'open') task.put(cases, key, known ?? { state: 'open', openedAt: at.time, armedBy, wakeAt: at.time + settleMs });
        else if (known?.state !== 'paid') task.put(cases, key, { state: 'closed', openedAt: known?.openedAt ?? at.time, armedBy });
      },
      { written: 'upstream' },
    ),
  ],
  rows: [
    rows(switched),
    rows(given),
    rows(cases, (key, row, task) => {
      const [owner = '', rest = ''] = key.split('/');
      const device = rest.slice(0, rest.indexOf('@'));
      if (task.get(given, `${owner}/${device}`)) task.put(cases, key, { ...row, state: 'closed', wakeAt: undefined as never });
      else if (!task.money || !task.get(switched, 'main')?.on) task.put(cases, key, { ...row, wakeAt: task.now + 5_000 });
      else {
        task.emit(payments, { owner, id: rest, at: task.now });
        task.put(cases, key, { state: 'paid', openedAt: row.openedAt, armedBy: row.armedBy });
      }
    }),
  ],
  permit: (get) => get(switched, 'main')?.on ?? false,
});

export interface Ping {
  readonly device: string;
  readonly at: number;
}

/** The plain, slow truth: what is paid for a history of pings that ends at `until`, the switch being on all the time. */
export const oracle = (history: readonly Ping[], until: number): readonly string[] => {
  const byDevice = Map.groupBy(history, ({ device }) => device);
  const paid: string[] = [];
  for (const [device, list] of byDevice) {
    const times = list.map(({ at }) => at).sort((a, b) => a - b);
    for (const [index, at] of times.entries()) {
      const next = times[index + 1] ?? Infinity;
      const opened = at + silenceMs;
      // At one instant records come before timers, so a ping exactly at the deadline, or a close exactly at the end of settle, counts.
      if (next > opened && next > opened + settleMs && until > opened + settleMs) paid.push(`${device}@${at}`);
    }
  }
  return paid.sort();
};

export const start = instant(Date.UTC(2026, 0, 5));
export const seconds = (count: number): Instant => after(start, count * 1_000);
