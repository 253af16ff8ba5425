// SPDX-License-Identifier: Apache-2.0
//
// A real authorization server that tells others when somebody signs out, on a
// free port of loopback. The first line on stdout is its port, as {"port": N}.
// Then each line on stdin is a command, a JSON object, and gets one line of
// JSON:
//
//   {"uri": "http://...", "probe": "http://..."}
//       who is told, once and first; and a URL that is asked for, with the
//       token, half a second after each call: before the server ends its
//       tokens
//   {"login": "alice"}
//       a person signs in to the client web: {"token": "..."}
//   {"logout": true}
//       and out: {"told": true} or why not, {"probed": 200}
//
// It ends when stdin does.
import http from 'node:http';
import readline from 'node:readline';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import Provider from 'oidc-provider';

// stdout is for answers only; the library's notices go there by default.
console.info = console.error;

const redirect = 'https://web.example/callback';
const server = http.createServer();
let provider;
let probe;
let jar;
let token;
let person;
const heard = {};

function makeKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' };
}

const configuration = (uri, key) => ({
  jwks: { keys: [key] },
  clients: [{
    client_id: 'rs',
    client_secret: 'rs-secret-1',
    grant_types: [],
    redirect_uris: [],
    response_types: [],
  }, {
    client_id: 'web',
    token_endpoint_auth_method: 'none',
    redirect_uris: [redirect],
    backchannel_logout_uri: uri,
    backchannel_logout_session_required: true,
  }],
  clientAuthMethods: ['client_secret_basic', 'none'],
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    introspection: { enabled: true, allowedPolicy: (ctx, asking) => asking.clientId === 'rs' },
  },
});

function make(uri) {
  provider = new Provider(`http://127.0.0.1:${server.address().port}`, configuration(uri, makeKey()));
  provider.on('backchannel.success', () => { heard.told = true; });
  provider.on('backchannel.error', (ctx, error) => { heard.told = error.message; });
  const call = provider.Client.prototype.backchannelLogout;
  provider.Client.prototype.backchannelLogout = async function backchannelLogout(...args) {
    const answer = await call.apply(this, args);
    await new Promise((done) => { setTimeout(done, 500); });
    const seen = await fetch(probe, { headers: { authorization: `Bearer ${token}` } });
    heard.probed = seen.status;
    return answer;
  };
}

async function interact(req, res) {
  const { prompt, params, session } = await provider.interactionDetails(req, res);
  if (prompt.name === 'login') {
    return provider.interactionFinished(req, res, { login: { accountId: person } });
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope('openid');
  return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}

// As the person's browser, with its cookies, up to another host.
async function browse(start, options = {}) {
  let url = new URL(start, `http://127.0.0.1:${server.address().port}`);
  let init = options;
  for (let hop = 0; hop < 12; hop += 1) {
    const answer = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      jar.set(name, value);
    }
    if (!answer.headers.get('location')) {
      return { url, text: await answer.text() };
    }
    url = new URL(answer.headers.get('location'), url);
    init = {};
    if (url.href.startsWith(redirect)) {
      return { url };
    }
  }
  throw new Error('redirects without end');
}

const formOf = (values) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(values).toString(),
});

async function login(name) {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: 'web',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: redirect,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  jar = new Map();
  person = name;
  const { url } = await browse(`/auth?${query}`);
  const { text } = await browse('/token', formOf({
    grant_type: 'authorization_code',
    client_id: 'web',
    code: url.searchParams.get('code'),
    redirect_uri: redirect,
    code_verifier: verifier,
  }));
  token = JSON.parse(text).access_token;
  return { token };
}

async function logout() {
  const page = await browse('/session/end');
  const [, xsrf] = /name="xsrf" value="([^"]+)"/.exec(page.text);
  delete heard.told;
  delete heard.probed;
  await browse('/session/end/confirm', formOf({ xsrf, logout: 'yes' }));
  return { ...heard };
}

async function obey(command) {
  if (command.uri) {
    probe = command.probe;
    make(command.uri);
    server.on('request', (req, res) => (req.url.startsWith('/interaction/')
      ? interact(req, res).catch((error) => { res.writeHead(500).end(String(error)); })
      : provider.callback()(req, res)));
    return {};
  }
  return command.login ? login(command.login) : logout();
}

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

server.listen(0, '127.0.0.1', async () => {
  say({ port: server.address().port });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    say(await obey(JSON.parse(line)).catch((error) => ({ error: String(error) })));
  }
  process.exit(0);
});
