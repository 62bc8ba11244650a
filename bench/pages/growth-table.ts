import type { Figures } from './figures.ts';
import { inThousands } from './in-thousands.ts';

/** How cost grows as a table. */
export const growthTable = ({ growth: { byPartitions, byKeys } }: Figures): string => {
  const points = [
    ...byPartitions,
    ...byKeys.filter((point) => !byPartitions.some(({ partitions, keys }) => partitions === point.partitions && keys === point.keys)),
  ];
  const rows = points.map(
    ({ partitions, keys, recordsPerSecond, recordsPerCpuSecond, spread, transactions, rssMiB }) =>
      `| ${partitions} | ${inThousands(keys)} | ${inThousands(recordsPerSecond)} | ${inThousands(recordsPerCpuSecond)} | ${spread.map(inThousands).join(' to ')} | ${inThousands(transactions)} | ${inThousands(rssMiB)} |`,
  );
  return [
    '| partitions | parcels kept | records a second | records a CPU second | its spread | transactions a round | resident MiB |',
    '| ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
};
