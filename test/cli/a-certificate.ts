import { generateKeyPairSync } from 'node:crypto';

/** A self-signed certificate of a host that isn't there (amends.test), good for a hundred years. It protects nothing. */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBgjCCASmgAwIBAgIUF/l2+wyYt/OzFvC3H9SdnT+QhjowCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLYW1lbmRzLnRlc3QwIBcNMjYxMTIyMjIwMzAxWhgPMjEyNjEw
MjkyMjAzMDFaMBYxFDASBgNVBAMMC2FtZW5kcy50ZXN0MFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEYMBUAzNZ6TqIqMr4emYyU8N4UCJMZhKah+128o0n9dmxynlF
jnqqpcCaz/wv1/I8cBR+Nu6zKULbigoylzxgkqNTMFEwHQYDVR0OBBYEFFmcNHhI
CKTqbXXBfFoD4YTf8POTMB8GA1UdIwQYMBaAFFmcNHhICKTqbXXBfFoD4YTf8POT
MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgYgRJ6c+EPBH2uv+E
pa7IIQje5dcUE9/BcAnq7XWmFaUCIGQ1+TQb0wzE/ZUrg/1Pa+3MbQ0hIuE36OXN
DYktlkny
-----END CERTIFICATE-----
`;

/** Its key. */
export const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgipT0My63NBzKMup4
IAlChOyIcX8uv14B+w+IB4tJ61ihRANCAARgwFQDM1npOoioyvh6ZjJTw3hQIkxm
EpqH7XbyjSf12bHKeUWOeqqlwJrP/C/X8jxwFH427rMpQtuKCjKXPGCS
-----END PRIVATE KEY-----
`;

/** A key that has nothing to do with it. */
export const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
