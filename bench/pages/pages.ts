import { readFileSync, writeFileSync } from 'node:fs';
import { capacityPage } from './capacity.ts';
import { keptFigures } from './figures.ts';
import { growthPlot } from './growth-plot.ts';
import { growthTable } from './growth-table.ts';

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const [begin, end] = ['<!-- growth: begin -->', '<!-- growth: end -->'];

/** Writes what is read from the kept figures: the plot, the table in `bench/README.md`, and `docs/capacity.md`. Gives what it wrote. */
export const pages = (): Promise<unknown> => {
  const figures = keptFigures();
  const readme = readFileSync(at('bench/README.md'), 'utf8');
  if (!readme.includes(begin) || !readme.includes(end)) throw new Error(`bench/README.md has no place for the table: ${begin} and ${end}`);
  const [before = ''] = readme.split(begin);
  const [, after = ''] = readme.split(end);
  writeFileSync(at('bench/README.md'), `${before}${begin}\n\n${growthTable(figures)}\n\n${end}${after}`);
  writeFileSync(at('bench/growth.svg'), growthPlot(figures));
  writeFileSync(at('docs/capacity.md'), capacityPage(figures));
  return Promise.resolve({ bench: 'pages', wrote: ['bench/README.md', 'bench/growth.svg', 'docs/capacity.md'] });
};
