import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configurationReference, readConfiguration } from '../../src/config.ts';

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(readConfiguration({})).toEqual({ logLevel: 'info', httpHost: '127.0.0.1', httpPort: 9464 });
  });

  it('takes what the environment says, and an empty variable as absent', () => {
    const environment = { AMENDS_LOG_LEVEL: 'warn', AMENDS_HTTP_HOST: '', AMENDS_HTTP_PORT: '0', PATH: '/bin' };
    expect(readConfiguration(environment)).toEqual({ logLevel: 'warn', httpHost: '127.0.0.1', httpPort: 0 });
  });

  it('lists all mistakes at once, a misspelt name among them', () => {
    const environment = { AMENDS_LOG_LEVEL: 'loud', AMENDS_HTTP_PORT: '99999', AMENDS_HTTP_HOTS: 'x' };
    expect(() => readConfiguration(environment)).toThrow(
      /AMENDS_LOG_LEVEL: .*\n.*AMENDS_HTTP_PORT: .*\n.*AMENDS_HTTP_HOTS: no such setting/,
    );
  });

  it('leaves the variables of the tests alone', () => {
    expect(() => readConfiguration({ AMENDS_DATA: 'somewhere' })).not.toThrow();
  });

  it('is documented as it is', () => {
    const text = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
    expect(text.split('-->\n')[1]?.split('\n<!-- end')[0]).toBe(configurationReference());
  });
});
