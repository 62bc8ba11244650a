/** Starts a broker, says where, and stays until it is killed. */
import { setInterval } from 'node:timers';
import { startCluster } from '../start-cluster.ts';

const cluster = await startCluster(1);
process.stdout.write(`${JSON.stringify({ pid: cluster.nodes[0]?.pid, folder: cluster.folder })}\n`);
setInterval(() => {}, 60_000);
