import { canonical } from './canonical.ts';
import type { Outputs } from './outputs-read.ts';
import { commandInWords, decisionInWords, issueInWords } from './outputs-read.ts';

const repeated = <T>(all: readonly T[], nameOf: (each: T) => string): readonly T[] => {
  const seen = new Set<string>();
  return all.filter((each) => {
    const name = nameOf(each);
    const isSeen = seen.has(name);
    seen.add(name);
    return isSeen;
  });
};

/** No command's id, no revision of an issue and no decision stands on the log a second time. */
export const nothingTwice = ({ issues, decisions, commands }: Outputs): readonly string[] => [
  ...repeated(commands, ({ value }) => value.id).map(({ value }) => `command twice: ${commandInWords(value)}`),
  ...repeated(issues, ({ value }) => `${value.id}#${value.revision}`).map(({ value }) => `issue twice: ${issueInWords(value)}`),
  ...repeated(decisions, ({ value }) => canonical(value)).map(({ value }) => `decision twice: ${decisionInWords(value)}`),
];
