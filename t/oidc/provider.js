// SPDX-License-Identifier: Apache-2.0
//
// A real authorization server on a free port of loopback, all in memory. The
// first line on stdout is its port, as {"port": N}. Then each line on stdin is
// a command, a JSON object, and gets one line of JSON:
//
//   {"sub": "alice", "scope": "read", "audience": "https://...", "seconds": 9}
//       a user's access token: {"token": "..."}
//   {"idle": 500}
//       close connections that were idle for so many ms
//   {"tls": true}
//       the port where the same server asks for a certificate: {"port": N}.
//       With OIDC_TLS in the environment, a folder: its own certificate
//       (good.pem, good.key), the authority (ca.pem) whose clients it knows by
//       their subject (CN=rs-tls), and a certificate that signed itself
//       (self.pem), of the client rs-self
//   {"keys": true}
//       the private keys of the clients that sign, and of those whose answers
//       are encrypted: {"keys": {"RS256": {jwk}}}; each one's client_id is rs-
//       and the algorithm. Answers to rs-signed-ALG can be signed with ALG, those
//       to rs-ALG-ENC are encrypted with ENC, and to rs-ALG with the default
//   {}
//       connections so far, and those open now: {"connections": 3, "open": 1}
//
// It ends when stdin does.
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import readline from 'node:readline';
import { X509Certificate, generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

// stdout is for answers only; the library's notices go there by default.
console.info = console.error;

const client = (id, secret, method, grants) => ({
  client_id: id,
  client_secret: secret,
  token_endpoint_auth_method: method,
  grant_types: grants,
  redirect_uris: [],
  response_types: [],
});

const resourceServer = (audience) => ({
  audience,
  scope: 'read write',
  accessTokenFormat: 'opaque',
  accessTokenTTL: 600,
});

const kinds = {
  RS: ['rsa', { modulusLength: 2048 }],
  PS: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }],
  ES384: ['ec', { namedCurve: 'P-384' }],
  ES512: ['ec', { namedCurve: 'P-521' }],
  EdDSA: ['ed25519', {}],
  'RSA-OAEP-256': ['rsa', { modulusLength: 2048 }],
  'ECDH-ES': ['ec', { namedCurve: 'P-256' }],
};
const secretAlgs = ['HS256', 'HS384', 'HS512'];
const keyAlgs = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const encryptions = ['RSA-OAEP-256', 'ECDH-ES'];
const contents = ['A128CBC-HS256', 'A256CBC-HS512', 'A128GCM', 'A256GCM'];
const keys = Object.fromEntries([...keyAlgs, ...encryptions].map((alg) => {
  const [type, options] = kinds[alg] ?? kinds[alg.slice(0, 2)];
  const { privateKey } = generateKeyPairSync(type, options);
  return [alg, { ...privateKey.export({ format: 'jwk' }), kid: `key of ${alg}`, alg, use: encryptions.includes(alg) ? 'enc' : 'sig' }];
}));

function publicHalf(jwk) {
  const { d, p, q, dp, dq, qi, ...open } = jwk;
  return open;
}

const signers = [
  ...secretAlgs.map((alg) => ({
    ...client(`rs-${alg}`, `a secret of 64 characters, which is as many as HS512 wants: ${alg}`, 'client_secret_jwt', []),
    token_endpoint_auth_signing_alg: alg,
  })),
  ...keyAlgs.map((alg) => ({
    ...client(`rs-${alg}`, undefined, 'private_key_jwt', []),
    token_endpoint_auth_signing_alg: alg,
    jwks: { keys: [publicHalf(keys[alg])] },
  })),
];

// To whom answers are signed (RFC 9701), and encrypted.
const signedAlgs = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const ownKeys = signedAlgs.map((alg) => {
  const [type, options] = kinds[alg] ?? kinds[alg.slice(0, 2)];
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: 'jwk' }), kid: `own ${alg}`, alg, use: 'sig' };
});
const readers = [
  ...signedAlgs.map((alg) => ({
    ...client(`rs-signed-${alg}`, 'signed-secret-1', 'client_secret_basic', []),
    introspection_signed_response_alg: alg,
  })),
  ...encryptions.flatMap((alg) => [undefined, ...contents].map((enc) => ({
    ...client(enc ? `rs-${alg}-${enc}` : `rs-${alg}`, 'signed-secret-1', 'client_secret_basic', []),
    introspection_signed_response_alg: 'ES256',
    introspection_encrypted_response_alg: alg,
    ...(enc && { introspection_encrypted_response_enc: enc }),
    jwks: { keys: [publicHalf(keys[alg])] },
  }))),
];

const folder = process.env.OIDC_TLS;
const read = (name) => fs.readFileSync(`${folder}/${name}`);

function holders() {
  const self = new X509Certificate(read('self.pem'));
  const jwk = { ...self.publicKey.export({ format: 'jwk' }), use: 'sig', x5c: [self.raw.toString('base64')] };
  return [
    {
      ...client('rs-tls', undefined, 'tls_client_auth', []),
      tls_client_auth_subject_dn: 'CN=rs-tls',
    },
    {
      ...client('rs-self', undefined, 'self_signed_tls_client_auth', []),
      jwks: { keys: [jwk] },
    },
  ];
}

const peerOf = (ctx) => ctx.socket.getPeerX509Certificate?.();

const configuration = {
  // The secret of rs has every character that Basic has to encode.
  clients: [
    client('rs', 'rs: s+cret/%&1', 'client_secret_basic', []),
    client('rs-post', 'rs: s+cret/%&2', 'client_secret_post', []),
    client('rs-none', undefined, 'none', []),
    client('app', 'app-secret-1', 'client_secret_basic', ['client_credentials']),
    ...signers,
    ...readers,
    ...(folder ? holders() : []),
  ],
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt',
    'private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth', 'none'],
  enabledJWA: {
    clientAuthSigningAlgValues: [...secretAlgs, ...keyAlgs],
    introspectionSigningAlgValues: ['HS256', ...signedAlgs],
    introspectionEncryptionAlgValues: encryptions,
    introspectionEncryptionEncValues: contents,
  },
  jwks: { keys: ownKeys },
  scopes: ['read', 'write'],
  // The tests' tokens are as good as expired at their second, not later.
  clockTolerance: 0,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
    mTLS: {
      enabled: true,
      tlsClientAuth: true,
      selfSignedTlsClientAuth: true,
      getCertificate: peerOf,
      certificateAuthorized: (ctx) => ctx.socket.authorized,
      certificateSubjectMatches: (ctx, property, expected) => peerOf(ctx).subject === expected,
    },
    introspection: {
      enabled: true,
      allowedPolicy: (ctx, asking) => asking.clientId.startsWith('rs'),
    },
    encryption: { enabled: true },
    jwtIntrospection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (ctx, resource) => resourceServer(resource),
    },
  },
};

const server = http.createServer();
let provider;
let connections = 0;
let open = 0;

async function userToken({ sub, scope, audience, seconds }) {
  const token = new provider.AccessToken({
    client: await provider.Client.find('app'),
    accountId: sub,
    scope,
    expiresIn: seconds,
  });
  if (audience) {
    token.resourceServer = new provider.ResourceServer(audience, resourceServer(audience));
  }
  return { token: await token.save() };
}

function listenWithTls() {
  const asking = https.createServer({
    key: read('good.key'),
    cert: read('good.pem'),
    ca: read('ca.pem'),
    requestCert: true,
    rejectUnauthorized: false,
  }, provider.callback());
  return new Promise((done) => {
    asking.listen(0, '127.0.0.1', () => done({ port: asking.address().port }));
  });
}

async function obey(command) {
  if (command.sub) {
    return userToken(command);
  }
  if (command.tls) {
    return listenWithTls();
  }
  if (command.keys) {
    return { keys };
  }
  if (command.idle) {
    server.keepAliveTimeout = command.idle;
    server.keepAliveTimeoutBuffer = 0;
  }
  return { connections, open };
}

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

server.on('connection', (socket) => {
  connections += 1;
  open += 1;
  socket.on('close', () => { open -= 1; });
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  provider = new Provider(`http://127.0.0.1:${port}`, configuration);
  server.on('request', provider.callback());
  say({ port });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    say(await obey(JSON.parse(line)).catch((error) => ({ error: String(error) })));
  }
  process.exit(0);
});
