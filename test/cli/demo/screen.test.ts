import { describe, expect, it } from 'vitest';
import { Screen } from '../../../src/cli/demo/screen.ts';

const shown = (of: { readonly isTerminal: boolean; readonly noColour: boolean }, show: (screen: Screen) => void): string => {
  let text = '';
  show(new Screen({ ...of, columns: 20, write: (more) => (text += more) }));
  return text;
};

describe('the screen', () => {
  it('writes plain lines, and no status, where nobody watches', () => {
    expect(shown({ isTerminal: false, noColour: false }, (screen) => { screen.status('busy'); screen.line(screen.style('green', 'done')); screen.end(); })).toBe('done\n'); // prettier-ignore
  });

  it('has colours on a terminal', () => {
    expect(shown({ isTerminal: true, noColour: false }, (screen) => screen.line(screen.style('green', 'done')))).toContain(
      '\u001B[32mdone',
    );
  });

  it('has none where NO_COLOR asks for it', () => {
    expect(shown({ isTerminal: true, noColour: true }, (screen) => screen.line(screen.style('green', 'done')))).not.toContain('[32m');
  });

  it('keeps the status below the lines', () => {
    expect(shown({ isTerminal: true, noColour: true }, (screen) => { screen.status('busy'); screen.line('done'); })).toMatch(/done\nbusy$/); // prettier-ignore
  });

  it('keeps the status on one line', () => {
    expect(shown({ isTerminal: true, noColour: true }, (screen) => screen.status('x'.repeat(50)))).toMatch(/[^x]x{19}$/);
  });
});
