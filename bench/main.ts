import { growth } from './growth/growth.ts';
import { kafka } from './kafka/kafka.ts';
import { latency } from './latency/latency.ts';
import { pages } from './pages/pages.ts';
import { recovery } from './recovery/recovery.ts';
import { replay } from './replay/replay.ts';
import { shipments } from './shipments/shipments.ts';

/** Each prints one JSON line on standard output. */
const benches: Readonly<Record<string, () => Promise<unknown>>> = { replay, kafka, latency, shipments, recovery, growth, pages };

const [name = ''] = process.argv.slice(2);
const bench = benches[name];
if (bench) process.stdout.write(`${JSON.stringify(await bench())}\n`);
else {
  process.stderr.write(`usage: npm run --silent bench -- NAME\n  NAME is one of: ${Object.keys(benches).join(', ')}\n`);
  process.exitCode = 2;
}
