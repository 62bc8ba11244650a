import type { GrowthPoint } from '../growth/growth.ts';
import type { Figures } from './figures.ts';
import { inThousands } from './in-thousands.ts';

const width = 360;
const height = 240;
const left = 62;
const bottom = 44;
const top = 48;
const right = 34;

const ink = '#1f2933';
const faint = '#d5dbe1';
const series = [
  { name: 'a CPU second', colour: '#0b6e99', of: (point: GrowthPoint): number => point.recordsPerCpuSecond },
  { name: 'a second', colour: '#c2410c', of: (point: GrowthPoint): number => point.recordsPerSecond },
] as const;

const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${words}</text>`;

/** A round number of records a second that is not below any point. */
const ceilingOf = (points: readonly GrowthPoint[]): number => {
  const greatest = Math.max(...points.flatMap((point) => [...point.spread, ...series.map(({ of }) => of(point))]));
  return Math.ceil(greatest / 10_000) * 10_000;
};

/** Records a second over something that doubles or grows tenfold from point to point, so its axis is logarithmic. */
const panel = (
  points: readonly GrowthPoint[],
  across: keyof Pick<GrowthPoint, 'partitions' | 'keys'>,
  title: string,
  ceiling: number,
): string => {
  const least = Math.log(Math.min(...points.map((point) => point[across])));
  const span = Math.log(Math.max(...points.map((point) => point[across]))) - least || 1;
  const x = (point: GrowthPoint): number => left + 12 + ((Math.log(point[across]) - least) / span) * (width - left - right - 24);
  const y = (rate: number): number => height - bottom - (rate / ceiling) * (height - bottom - top);
  const lines = [0, 0.25, 0.5, 0.75, 1].map((share) => share * ceiling);
  return [
    text(left, 20, title, 'font-weight="600" font-size="13"'),
    ...lines.flatMap((rate) => [
      `<line x1="${left}" x2="${width - right}" y1="${y(rate).toFixed(1)}" y2="${y(rate).toFixed(1)}" stroke="${faint}"/>`,
      text(left - 8, y(rate) + 4, inThousands(rate), 'text-anchor="end"'),
    ]),
    ...points.map((point) => text(x(point), height - bottom + 18, inThousands(point[across]), 'text-anchor="middle"')),
    text((left + width - right) / 2, height - 8, across === 'keys' ? 'parcels kept' : 'partitions', 'text-anchor="middle"'),
    // How far the rounds lay apart.
    ...points.map(
      (point) =>
        `<line x1="${x(point).toFixed(1)}" x2="${x(point).toFixed(1)}" y1="${y(point.spread[0] ?? 0).toFixed(1)}" y2="${y(point.spread[1] ?? 0).toFixed(1)}" stroke="${series[0].colour}" stroke-opacity="0.45" stroke-width="5"/>`,
    ),
    ...series.flatMap(({ colour, of }) => [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.map((point) => `${x(point).toFixed(1)},${y(of(point)).toFixed(1)}`).join(' ')}"/>`,
      ...points.map((point) => `<circle cx="${x(point).toFixed(1)}" cy="${y(of(point)).toFixed(1)}" r="3.5" fill="${colour}"/>`),
    ]),
  ].join('\n');
};

/** How cost grows as an SVG: two panels over one scale, the spread of a CPU second's figure as a pale bar. */
export const growthPlot = ({ growth: { byPartitions, byKeys } }: Figures): string => {
  const ceiling = ceilingOf([...byPartitions, ...byKeys]);
  const legend = series.map(
    ({ name, colour }, index) =>
      `<circle cx="${left + 4 + index * 170}" cy="34" r="4" fill="${colour}"/>${text(left + 14 + index * 170, 38, `records ${name}`)}`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * width} ${height}" font-family="system-ui, sans-serif" font-size="11" fill="${ink}" role="img" aria-label="Records a second and a CPU second by partitions and by parcels kept">
<rect width="${2 * width}" height="${height}" fill="#ffffff"/>
${panel(byPartitions, 'partitions', 'By partitions, 100,000 parcels', ceiling)}
${legend.join('\n')}
<g transform="translate(${width} 0)">
${panel(byKeys, 'keys', 'By parcels kept, 8 partitions', ceiling)}
</g>
</svg>
`;
};
