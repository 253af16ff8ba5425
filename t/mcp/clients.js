// SPDX-License-Identifier: Apache-2.0
//
// The public SDK of MCP in both generations, two MCP servers made with it, and
// oidc-provider as their authorization server; all on loopback. The first line
// on stdout is {"port": N, "backend": N}: the authorization server's port, and
// that of the MCP servers /mcp (2026-07-28 only) and /mcp-2025 (before). Then
// each line on stdin is a command, a JSON object, and gets one line of JSON:
//
//   {"generation": 2, "url": "http://...", "grant": ["mcp"], "call": ["echo"]}
//       a client that knows nothing but the URL connects and calls tools; of
//       generation 2 it knows its client_id, too, for it would register with
//       the scopes of the first challenge, and get no others later. The
//       person who is asked grants these scopes the first time, and whatever is
//       asked for afterwards. {"results": [...], "exchanges": [...],
//       "asked": [...]}: what the tools said, the client's requests with
//       status and challenge, the scopes that the person was asked for
//   {"token": "mcp", "resource": "http://..."}
//       a token with these scopes for this resource: {"token": "..."}
//   {"seen": true}
//       what the MCP servers got: {"seen": [{"path", "tool", "token"}]}
//
// It ends when stdin does.
import http from 'node:http';
import readline from 'node:readline';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServer as Server1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { Client as Client2, StreamableHTTPClientTransport as Transport2 } from '@modelcontextprotocol/client';
import { McpServer as Server2, createMcpHandler } from '@modelcontextprotocol/server';
import Provider from 'oidc-provider';

// stdout is for answers only; the library's notices go there by default.
console.info = console.error;
console.log = console.error;

const revision = '2026-07-28';
const redirect = 'http://127.0.0.1:9/callback';
const tools = ['echo', 'add-note', 'delete-note'];
const me = { name: 'notes', version: '1.0.0' };

// The authorization server, and the person in front of it.

let provider;
let granted = [];
let asked = [];

const configuration = {
  clients: [{
    client_id: 'rs',
    client_secret: 'rs-secret-1',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: [],
    redirect_uris: [],
    response_types: [],
  }, {
    client_id: 'notes',
    token_endpoint_auth_method: 'none',
    application_type: 'native',
    redirect_uris: [redirect],
  }],
  clientAuthMethods: ['client_secret_basic', 'none'],
  scopes: ['openid', 'mcp', 'mcp:write'],
  pkce: { required: () => true },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    registration: { enabled: true },
    introspection: { enabled: true, allowedPolicy: (ctx, asking) => asking.clientId === 'rs' },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, resource) => ({
        audience: resource,
        scope: 'mcp mcp:write',
        accessTokenFormat: 'opaque',
      }),
    },
  },
};

async function interact(req, res) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(req, res);
  if (prompt.name === 'login') {
    return provider.interactionFinished(req, res, { login: { accountId: 'alice' } });
  }
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  if (prompt.details.missingOIDCScope) {
    grant.addOIDCScope(prompt.details.missingOIDCScope.join(' '));
  }
  for (const [resource, scopes] of Object.entries(prompt.details.missingResourceScopes ?? {})) {
    const yes = scopes.filter((scope) => granted === undefined || granted.includes(scope));
    const no = scopes.filter((scope) => !yes.includes(scope));
    grant.addResourceScope(resource, yes.join(' '));
    grant.rejectResourceScope(resource, no.join(' '));
  }
  asked.push(params.scope);
  granted = undefined;
  return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}

// As a browser without a memory, up to the client's callback.
async function browse(start) {
  const jar = new Map();
  let url = new URL(start);
  for (let hop = 0; hop < 12; hop += 1) {
    if (url.href.startsWith(redirect)) {
      return url.searchParams;
    }
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      jar.set(name, value);
    }
    if (!answer.headers.get('location')) {
      throw new Error(`${url.pathname} answers ${answer.status}: ${await answer.text()}`);
    }
    url = new URL(answer.headers.get('location'), url);
  }
  throw new Error('redirects without end');
}

// The MCP servers.

const seen = [];

function notes(Server) {
  const server = new Server(me);
  for (const tool of tools) {
    server.registerTool(tool, { description: tool }, async () => ({ content: [{ type: 'text', text: `done: ${tool}` }] }));
  }
  return server;
}

const modern = createMcpHandler(() => notes(Server2), { legacy: 'reject' });

async function serveModern(req, res, body) {
  const answer = await modern.fetch(new Request(`http://127.0.0.1${req.url}`, {
    method: req.method,
    headers: Object.entries(req.headers).filter(([name]) => name !== 'content-length').map(([name, value]) => [name, String(value)]),
    body: body.length ? body : undefined,
  }));
  res.writeHead(answer.status, Object.fromEntries(answer.headers));
  res.end(Buffer.from(await answer.arrayBuffer()));
}

async function serveBefore(req, res, body) {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
  const server = notes(Server1);
  res.on('close', () => { transport.close(); server.close(); });
  await server.connect(transport);
  await transport.handleRequest(req, res, JSON.parse(body));
}

async function serve(req, res) {
  const parts = [];
  for await (const part of req) {
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  const message = body.length ? JSON.parse(body) : {};
  seen.push({ path: req.url, tool: message.params?.name ?? null, token: JSON.stringify(req.headers).includes('earer ') });
  if (req.method !== 'POST') {
    res.writeHead(405, { allow: 'POST' }).end();
  } else if (req.url === '/mcp') {
    await serveModern(req, res, body);
  } else {
    await serveBefore(req, res, body);
  }
}

// The clients.

class Memory {
  redirectUrl = redirect;

  clientMetadata = {
    client_name: 'test',
    redirect_uris: [redirect],
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    response_types: ['code'],
  };

  clientInformation() { return this.client; }
  saveClientInformation(client) { this.client = client; }
  tokens() { return this.saved; }
  saveTokens(tokens) { this.saved = tokens; }
  redirectToAuthorization(url) { this.url = url; }
  saveCodeVerifier(verifier) { this.verifier = verifier; }
  codeVerifier() { return this.verifier; }
}

function watcher(exchanges) {
  return async (url, init) => {
    const answer = await fetch(url, init);
    const { pathname } = new URL(url);
    exchanges.push({
      method: init?.method ?? 'GET',
      path: pathname,
      status: answer.status,
      challenge: answer.headers.get('www-authenticate'),
      tool: new Headers(init?.headers).get('mcp-name'),
    });
    return answer;
  };
}

async function run({ generation, url, grant, call }) {
  const exchanges = [];
  const memory = new Memory();
  memory.client = generation === 2 ? { client_id: 'notes' } : undefined;
  const results = [];
  const Transport = generation === 1 ? Transport1 : Transport2;
  const make = () => (generation === 1
    ? new Client1(me)
    : new Client2(me, { versionNegotiation: { mode: { pin: revision } } }));
  let client;
  let transport;

  granted = grant;
  asked = [];
  // What the application around an SDK does: connect or call, and send the
  // person to the authorization server as often as the SDK says so.
  const attempt = async (work) => {
    for (let times = 0; times < 4; times += 1) {
      try {
        return await work();
      } catch (error) {
        if (!memory.url) {
          throw error;
        }
        const answer = await browse(memory.url);
        memory.url = undefined;
        await (generation === 1 ? transport.finishAuth(answer.get('code')) : transport.finishAuth(answer));
      }
    }
    throw new Error('authorization without end');
  };
  await attempt(() => {
    transport = new Transport(new URL(url), { authProvider: memory, fetch: watcher(exchanges) });
    client = make();
    return client.connect(transport);
  });
  for (const name of call) {
    const answer = await attempt(() => client.callTool({ name, arguments: {} }));
    results.push(answer.content[0].text);
  }
  await client.close();
  return { results, exchanges, asked };
}

async function make({ token, resource }) {
  const made = new provider.AccessToken({ client: await provider.Client.find('notes'), accountId: 'alice', scope: token, expiresIn: 600 });
  made.resourceServer = new provider.ResourceServer(resource, { audience: resource, scope: token, accessTokenFormat: 'opaque' });
  return { token: await made.save() };
}

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const listen = (server) => new Promise((done) => { server.listen(0, '127.0.0.1', () => done(server.address().port)); });
const backend = http.createServer((req, res) => serve(req, res).catch((error) => { res.writeHead(500).end(String(error)); }));
const authority = http.createServer((req, res) => (req.url.startsWith('/interaction/')
  ? interact(req, res).catch((error) => { res.writeHead(500).end(String(error)); })
  : provider.callback()(req, res)));

const port = await listen(authority);
provider = new Provider(`http://127.0.0.1:${port}`, configuration);
say({ port, backend: await listen(backend) });
for await (const line of readline.createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  const answer = command.generation ? run(command) : command.token ? make(command) : Promise.resolve({ seen: seen.splice(0) });
  say(await answer.catch((error) => ({ error: `${error.name}: ${error.message}` })));
}
process.exit(0);
