import { deliveryTracking } from '../topics/delivery-tracking.ts';
import { after, minuteMs } from '../values/time.ts';
import type { Chance } from './chance.ts';
import type { Story } from './parcel.ts';
import type { Fault, WorldRecord } from './world-record.ts';

const spoilt = (record: WorldRecord, fault: Fault): WorldRecord => {
  const text = record.value?.toString('utf8') ?? '';
  switch (fault) {
    case 'not-json':
      return { ...record, value: Buffer.from(text.slice(0, text.length / 2)), fault };
    case 'unknown-status':
      return { ...record, value: Buffer.from(text.replace('"status":"in-transit"', '"status":"beamed-up"')), fault };
    case 'no-key':
      return { ...record, key: null, fault };
    case 'empty':
      return { ...record, value: Buffer.alloc(0), fault };
    case 'misplaced':
      return { ...record, fault };
  }
};

/**
 * The story with one more record that some producer got wrong: a hub scan again, spoilt. What follows it in the story is
 * good, so whoever holds the parcel back because of it can let it go again. The same story where it has no hub scan.
 */
export const spoil = (story: Story, fault: Fault, chance: Chance): Story => {
  const scan = story.records.find(({ topic, value }) => topic === deliveryTracking.name && value?.includes('"status":"in-transit"'));
  if (!scan) return story;
  return {
    ...story,
    records: [...story.records, spoilt({ ...scan, timestamp: after(scan.timestamp, chance.int(2, 50) * minuteMs) }, fault)],
  };
};
