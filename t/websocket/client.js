// SPDX-License-Identifier: Apache-2.0
//
// A WebSocket over HTTP/2 (RFC 8441): client.js PORT PATH PROTOCOLS ORIGIN
// prints what came of it as JSON.
const http2 = require('http2');
const [port, path, protocols, origin] = process.argv.slice(2);
const hello = Buffer.from('818537fa213d7f9f4d5158', 'hex'); // masked, RFC 6455 5.7

function say(what) {
    console.log(JSON.stringify(what));
    process.exit(0);
}

const session = http2.connect(`http://127.0.0.1:${port}`);
session.on('error', (error) => say({ error: String(error) }));
session.on('remoteSettings', (settings) => {
    if (!settings.enableConnectProtocol) {
        say({ error: 'no extended CONNECT' });
    }
    const headers = {
        ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'http', ':path': path, ':authority': `127.0.0.1:${port}`,
        'sec-websocket-version': '13', 'sec-websocket-protocol': protocols, origin,
    };
    const stream = session.request(headers, { endStream: false });
    const seen = { text: '' };
    stream.on('response', (answer) => {
        seen.status = answer[':status'];
        seen.protocol = answer['sec-websocket-protocol'];
        seen.challenge = answer['www-authenticate'];
        if (seen.status === 200) {
            stream.write(hello);
        } else {
            say(seen);
        }
    });
    stream.on('data', (data) => {
        seen.text += data.toString('latin1');
        if (/saw: \S+/.test(seen.text)) {
            say(seen);
        }
    });
    stream.on('close', () => say(seen));
    stream.on('error', (error) => say({ error: String(error) }));
});
setTimeout(() => say({ error: 'nothing came' }), 20000);
