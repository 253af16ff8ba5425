// SPDX-License-Identifier: Apache-2.0
//
// The other side of the tests of src/core/jose: keys, signatures and
// encryption by npm's jose. Each line on stdin is a command, a JSON object, and
// gets one line of JSON:
//
//   {"make": "ES256"}            a key, and what it signed: {jwk, jwks,
//                                thumbprint, payload, jws}
//   {"make": "ECDH-ES", "enc": "A128GCM", "crv": "P-256", "apu": "..."}
//                                a key, and what was encrypted for it: {jwk,
//                                thumbprint, payload, jwe}
//   {"verify": JWS, "jwks": {}}  {payload, header}
//
// It ends when stdin does.
import readline from 'node:readline';
import * as jose from 'jose';

const text = (bytes) => new TextDecoder().decode(bytes);
const bytes = (string) => new TextEncoder().encode(string);
const payload = JSON.stringify({ iss: 'peer', words: 'Grüße – 你好' });

async function makeSecret(alg) {
  const size = { HS256: 32, HS384: 48, HS512: 64 }[alg];
  const secret = globalThis.crypto.getRandomValues(new Uint8Array(size));
  return { key: secret, jwk: { kty: 'oct', k: jose.base64url.encode(secret) } };
}

async function makePair(alg, crv) {
  const { privateKey } = await jose.generateKeyPair(alg, { crv, extractable: true });
  return { key: privateKey, jwk: await jose.exportJWK(privateKey) };
}

function publicHalf(jwk) {
  if (jwk.kty === 'oct') {
    return jwk;
  }
  const { d, p, q, dp, dq, qi, ...open } = jwk;
  return open;
}

async function sign(alg) {
  const { key, jwk } = alg.startsWith('HS') ? await makeSecret(alg) : await makePair(alg);
  const header = { alg, kid: 'k1', typ: 'JWT' };
  const jws = await new jose.CompactSign(bytes(payload)).setProtectedHeader(header).sign(key);
  const jwks = { keys: [{ kid: 'k1', alg, use: 'sig', ...publicHalf(jwk) }] };
  return { jwk, jwks, jws };
}

async function encrypt(alg, { enc, crv, apu, apv }) {
  const { jwk } = await makePair(alg, crv);
  const key = await jose.importJWK(publicHalf(jwk), alg);
  const work = new jose.CompactEncrypt(bytes(payload)).setProtectedHeader({ alg, enc, cty: 'JWT' });
  if (apu) {
    work.setKeyManagementParameters({ apu: bytes(apu), apv: bytes(apv) });
  }
  return { jwk, jwe: await work.encrypt(key) };
}

async function obey(command) {
  if (command.verify) {
    const [first] = command.jwks.keys;
    const keys = first.kty === 'oct' // which is in no set, for jose
      ? await jose.importJWK(first)
      : jose.createLocalJWKSet(command.jwks);
    const { payload: found, protectedHeader } = await jose.compactVerify(command.verify, keys);
    return { payload: text(found), header: protectedHeader };
  }
  const made = command.enc
    ? await encrypt(command.make, command)
    : await sign(command.make);
  return { payload, thumbprint: await jose.calculateJwkThumbprint(made.jwk), ...made };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const answer = await obey(JSON.parse(line)).catch((error) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
