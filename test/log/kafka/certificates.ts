import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An authority made for a test, and what it vouches for: files in PEM, in a folder of its own. */
export interface Certificates {
  readonly authority: string;
  /** Of a server called `localhost`, and of no address. */
  readonly server: { readonly keyAndCertificate: string };
  readonly client: { readonly key: string; readonly certificate: string };
  /** An authority that has nothing to do with it. */
  readonly stranger: string;
  remove(): void;
}

/** Makes them by OpenSSL, good for a day. Throws where it is missing. */
export const makeCertificates = (): Certificates => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-tls-'));
  const file = (name: string): string => join(folder, name);
  const openssl = (...typed: readonly string[]): void => void execFileSync('openssl', typed, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const authority = (name: string): string => {
    openssl('req', '-x509', ...newKey, '-keyout', file(`${name}.key`), '-out', file(`${name}.pem`), '-days', '1', '-subj', `/CN=${name}`);
    return file(`${name}.pem`);
  };
  const vouchedFor = (name: string, extensions: string): { readonly key: string; readonly certificate: string } => {
    const [key, request, certificate] = [file(`${name}.key`), file(`${name}.csr`), file(`${name}.pem`)];
    writeFileSync(file(`${name}.ext`), extensions);
    openssl('req', '-new', ...newKey, '-keyout', key, '-out', request, '-subj', `/CN=${name}`);
    const by = ['-CA', file('authority.pem'), '-CAkey', file('authority.key'), '-CAcreateserial'];
    openssl('x509', '-req', '-in', request, ...by, '-out', certificate, '-days', '1', '-extfile', file(`${name}.ext`));
    return { key, certificate };
  };
  const ours = authority('authority');
  const server = vouchedFor('server', 'subjectAltName=DNS:localhost\n');
  writeFileSync(file('keystore.pem'), readFileSync(server.key, 'utf8') + readFileSync(server.certificate, 'utf8'));
  return {
    authority: ours,
    server: { keyAndCertificate: file('keystore.pem') },
    client: vouchedFor('client', 'extendedKeyUsage=clientAuth\n'),
    stranger: authority('stranger'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
