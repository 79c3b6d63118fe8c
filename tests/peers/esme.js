// node's `smpp` as an ESME: commands as lines of JSON in, what comes as lines
// of JSON out. {"command":"submit_sm","fields":{...}}; a text may have a
// "udh" in hex beside it. Exits when its input ends.
'use strict';

const readline = require('readline');
const smpp = require('smpp');

const [port, tls] = process.argv.slice(2);

function say(event, more) {
	process.stdout.write(JSON.stringify({ event, ...more }) + '\n');
}

function plain(pdu) {
	const out = {};
	for (const [k, v] of Object.entries(pdu))
		if (typeof v !== 'function' && k !== 'short_message')
			out[k] = Buffer.isBuffer(v) ? v.toString('hex') : v;
	const m = pdu.short_message;
	if (m && m.message !== undefined) {
		out.text = m.message.toString();
		out.udh = m.udh ? m.udh.map((u) => u.toString('hex')) : [];
	}
	return out;
}

const session = smpp.connect({
	url: (tls ? 'ssmpp' : 'smpp') + '://127.0.0.1:' + port,
	rejectUnauthorized: false,
}, () => say('connected', {}));

session.on('error', (e) => say('error', { text: String(e) }));
session.on('close', () => say('close', {}));
session.on('enquire_link', (pdu) => session.send(pdu.response()));
session.on('unbind', (pdu) => {
	say('unbind', {});
	session.send(pdu.response(), () => {}, () => session.close());
});
session.on('deliver_sm', (pdu) => {
	say('deliver_sm', plain(pdu));
	session.send(pdu.response());
});

readline.createInterface({ input: process.stdin }).on('line', (line) => {
	const { command, fields } = JSON.parse(line);
	if (fields.udh !== undefined) {
		fields.short_message = {
			udh: Buffer.from(fields.udh, 'hex'),
			message: fields.text,
		};
		fields.esm_class = 0x40;
		delete fields.udh;
	} else if (fields.text !== undefined) {
		fields.short_message = fields.text;
	}
	delete fields.text;
	session[command](fields, (pdu) => say('resp', plain(pdu)));
}).on('close', () => process.exit(0));
