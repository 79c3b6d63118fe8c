// A webhook receiver that verifies with the `standardwebhooks` package: a line
// of JSON for each request. Exits when its input ends.
'use strict';

const http = require('http');
const { Webhook } = require('standardwebhooks');

const hook = new Webhook(process.argv[2]);

function say(more) {
	process.stdout.write(JSON.stringify(more) + '\n');
}

const server = http.createServer((req, res) => {
	let body = '';
	req.setEncoding('utf8');
	req.on('data', (piece) => { body += piece; });
	req.on('end', () => {
		try {
			const event = hook.verify(body, req.headers);
			say({ event: 'good', id: req.headers['webhook-id'],
				body: event });
			res.writeHead(204).end();
		} catch (e) {
			say({ event: 'bad', why: String(e) });
			res.writeHead(400).end();
		}
	});
});

server.listen(0, '127.0.0.1', () => say({ event: 'listening',
	port: server.address().port }));
process.stdin.resume().on('end', () => process.exit(0));
