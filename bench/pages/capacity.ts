import type { Figures } from './figures.ts';
import { inThousands } from './in-thousands.ts';
import type { Needs } from './needs.ts';
import { chosen, needsOf, parcel } from './needs.ts';

/** 100, for what is small enough to be run as it is, and what the page is asked for. */
const rates = [100, 1_000, 10_000, 100_000] as const;

/** Two digits that count; thousands with commas. */
const short = (value: number): string => (value >= 10 ? inThousands(value) : String(Number(value.toPrecision(2))));

const figure = (value: number): string => {
  if (value >= 1e9) return `${short(value / 1e9)} bn`;
  return value >= 1e6 ? `${short(value / 1e6)} m` : short(value);
};

const row = (name: string, needs: readonly Needs[], of: (one: Needs) => number): string =>
  `| ${name} | ${needs.map((one) => figure(of(one))).join(' | ')} |`;

const table = (needs: readonly Needs[]): string =>
  [
    `| events a second | ${needs.map(({ eventsPerSecond }) => inThousands(eventsPerSecond)).join(' | ')} |`,
    `| --- | ${needs.map(() => '---:').join(' | ')} |`,
    row('parcels a day', needs, (one) => one.parcelsPerDay),
    row('open shipments', needs, (one) => one.openShipments),
    row('shipments kept, claim window included', needs, (one) => one.keptShipments),
    row('**processes for the events**', needs, (one) => one.processesByEvents),
    row('GiB for open shipments', needs, (one) => one.openGiB),
    row('processes for open shipments', needs, (one) => one.processesByOpen),
    row('GiB for all that is kept', needs, (one) => one.keptGiB),
    row('**processes for all that is kept**', needs, (one) => one.processesByKept),
    row('partitions', needs, (one) => one.partitions),
    row('brokers', needs, (one) => one.brokers),
    row('MiB a second written by the brokers', needs, (one) => one.diskMiBPerSecond),
    row('TiB of inputs on their disks', needs, (one) => one.diskTiB),
    row('seconds until the rest have the rows of one that died', needs, (one) => one.takeOverSeconds),
  ].join('\n');

const verdict = (needs: Needs): string => {
  const { eventsPerSecond, processesByEvents, processesByKept, processesByOpen } = needs;
  const rate = `**${inThousands(eventsPerSecond)} a second.**`;
  const byEvents = `${processesByEvents} processes read them in time`;
  if (processesByKept <= 2 * processesByEvents) return `- ${rate} ${byEvents}, and have room for what is kept.`;
  if (processesByKept <= 64) return `- ${rate} ${byEvents}; memory for what is kept asks for ${processesByKept}.`;
  if (processesByOpen <= 64)
    return `- ${rate} ${byEvents}; what is open fits into ${processesByOpen}, what is kept for the claim window would take ${inThousands(processesByKept)}: too many. It breaks at memory.`;
  return `- ${rate} ${byEvents}; even what is open would take ${inThousands(processesByOpen)}. It breaks at memory.`;
};

/** `docs/capacity.md`, from the figures. */
export const capacityPage = (figures: Figures): string => {
  const needs = rates.map((rate) => needsOf(rate, figures));
  const { growth, latency, shipments, recovery } = figures;
  const [one] = growth.byPartitions;
  const most = growth.byPartitions.at(-1);
  const best = Math.max(...growth.byPartitions.map(({ recordsPerCpuSecond }) => recordsPerCpuSecond));
  const largest = growth.byKeys.at(-1);
  const aMinute = Math.floor((60 * shipments.shipments) / shipments.restoreSeconds);
  return `<!-- Made by \`npm run --silent bench -- pages\` from bench/figures: change those, or bench/pages, not this. -->

# How much it needs

Worked out from what was measured with one process and one broker on two shared cores ([bench](../bench/README.md)). Nobody has run
the larger of these fleets: they are sums, not measurements. Yours differ: run the benches on your machines, then
\`npm run --silent bench -- pages\`.

## What was measured

| Figure | | From |
| --- | ---: | --- |
| G, records a second that one process of the whole pipeline keeps up with, live | ${inThousands(latency.greatestRecordsPerSecond)} | \`bench latency\` |
| from a carrier's word to the refund at ${inThousands(latency.recordsPerSecond)} a second, p50 and p99 | ${inThousands(latency.p50Ms)} ms, ${inThousands(latency.p99Ms)} ms | \`bench latency\` |
| B, resident bytes an open shipment, timers included | ${inThousands(shipments.bytesEach)} | \`bench shipments\` |
| R, seconds to restore a million of them | ${shipments.restoreSeconds} | \`bench shipments\` |
| until the tasks of a process that was killed go on, beyond the session timeout of ${recovery.sessionTimeoutMs / 1_000} s | ${inThousands(Math.max(0, recovery.afterKillBeyondSessionMs))} ms | \`bench recovery\` |
| the same of one that was told to stop | ${inThousands(recovery.afterStopMs)} ms | \`bench recovery\` |
| records a CPU second of the delivery stage with ${one?.partitions} and with ${most?.partitions} partitions | ${inThousands(one?.recordsPerCpuSecond ?? NaN)}, ${inThousands(most?.recordsPerCpuSecond ?? NaN)} | \`bench growth\` |

## What follows

E events a second, all of them of parcels. A parcel has ${parcel.events} events (a promise and ten scans), is open for ${parcel.openDays} days, and its row
is kept for the claim window of ${parcel.claimWindowDays} days after that. A process is loaded to ${100 * chosen.load} % and given ${chosen.processGiB} GiB; one more than needed, so that
one may die.

| Needed | Formula |
| --- | --- |
| parcels a day | E x 86,400 / ${parcel.events} |
| shipments kept | parcels a day x (${parcel.openDays} + ${parcel.claimWindowDays}) |
| processes for the events | E / (${chosen.load} G), rounded up, + 1 |
| memory | shipments x B |
| processes for the memory | memory / ${chosen.processGiB} GiB, rounded up, + 1 |
| partitions | the power of two that is at least twice the processes, and at least ${chosen.leastPartitions} |
| brokers | ${chosen.copies} copies x E / (${chosen.load} G), and at least ${chosen.leastBrokers}: the broker measured took one copy of all at that load |
| disk | E x (scan + changelog record) x ${chosen.copies} copies; inputs for ${chosen.inputDays} days |
| rows of one that died | shipments kept / processes / (processes - 1) x R / a million |

${table(needs)}

Playback events weigh less: a session is over in hours, so that far fewer of them are kept for the same rate.

${needs.map(verdict).join('\n')}

## Where it breaks first

1. **Memory.** Every row of a task is in the memory of its process, and a parcel's row outlives the parcel by the claim window, in
   which it can still be claimed for. At ${inThousands(shipments.bytesEach)} bytes each, ${chosen.processGiB} GiB hold ${figure((chosen.processGiB * 2 ** 30) / shipments.bytesEach)} shipments. What helps, in this order: a shorter
   \`claimWindow\` (it must cover what you promise), more and larger processes, and in the end a store on disk behind the
   interface that the one in memory has (\`src/engine/store.ts\`): it isn't there. Apart from that a table of one task can't have more than
   16.7 million rows (2^24, the most that a map of V8 holds), so a billion shipments need at least 60 partitions.
2. **Taking over.** Whoever takes over a task reads its changelog: ${figure(aMinute)} shipments a minute and process. A whole fleet that starts from
   nothing does so at once, each its share. Nothing is lost meanwhile and nothing false is concluded, but nobody is helped.
3. **Partitions.** One task is one partition, and goes no faster than ${inThousands(one?.recordsPerSecond ?? NaN)} a second of the delivery stage alone. Partitions can't be
   added later without a migration that isn't there, so choose the number at the start. They cost: each is a transaction of its own, and with
   ${most?.partitions} in one process a CPU second does ${Math.round((100 * (most?.recordsPerCpuSecond ?? NaN)) / best)} % of what it does with the best number.
4. **Keys.** More of them make each record dearer: with ${inThousands(largest?.keys ?? NaN)} parcels ${Math.round((100 * (largest?.recordsPerCpuSecond ?? NaN)) / (growth.byKeys[0]?.recordsPerCpuSecond ?? NaN))} % of the records a CPU second of ${inThousands(growth.byKeys[0]?.keys ?? NaN)}.
5. **Brokers** are last: what is written is sequential, and Kafka takes more of it by more brokers.
`;
};
