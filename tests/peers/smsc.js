// node's `smpp` as an SMSC: lines of JSON out for what comes, lines of JSON in
// for what it shall do. Exits when its input ends. With CERT and KEY, TLS:
// smsc.js SYSTEM_ID PASSWORD [CERT KEY]
'use strict';

const fs = require('fs');
const readline = require('readline');
const smpp = require('smpp');

const [systemId, password, cert, key] = process.argv.slice(2);
const sessions = new Set(); // those that may be delivered to
let next = 0xab00;

function say(event, more) {
	process.stdout.write(JSON.stringify({ event, ...more }) + '\n');
}

function textOf(pdu) {
	const m = pdu.short_message;
	return m && m.message !== undefined ? m.message.toString() : '';
}

function receipt(pdu, id) {
	const [session] = sessions;
	if (!session) { // the other bind is not here yet
		setTimeout(receipt, 20, pdu, id);
		return;
	}
	const text = `id:${id} sub:001 dlvrd:001 submit date:2611221040 ` +
		'done date:2611221041 stat:DELIVRD err:000 text:';
	session.deliver_sm({
		source_addr_ton: pdu.dest_addr_ton,
		source_addr: pdu.destination_addr,
		destination_addr: pdu.source_addr,
		esm_class: 4,
		short_message: text,
		receipted_message_id: id,
		message_state: 2,
	}, (resp) => say('receipt_resp', { status: resp.command_status }));
}

function serve(session) {
	session.on('error', () => {});
	session.on('close', () => {
		sessions.delete(session);
		say('close', {});
	});
	session.on('enquire_link', (pdu) => session.send(pdu.response()));
	session.on('unbind', (pdu) => {
		say('unbind', {});
		session.send(pdu.response(), () => {}, () => session.close());
	});
	const bind = (kind) => (pdu) => {
		if (pdu.system_id !== systemId || pdu.password !== password) {
			session.send(pdu.response({
				command_status: smpp.ESME_RINVPASWD }));
			say('refused', {});
			return;
		}
		if (kind !== 'transmitter')
			sessions.add(session);
		session.send(pdu.response({ system_id: 'node' }));
		say('bind', { system_id: pdu.system_id, kind,
			tls: session.socket.encrypted ?
				session.socket.getProtocol() : null });
	};
	for (const kind of ['transceiver', 'transmitter', 'receiver'])
		session.on('bind_' + kind, bind(kind));
	session.on('submit_sm', (pdu) => {
		const id = (next++).toString(16);
		const udh = pdu.short_message.udh;
		session.send(pdu.response({ message_id: id }));
		say('submit', {
			id,
			to: pdu.destination_addr,
			from: pdu.source_addr,
			text: textOf(pdu),
			coding: pdu.data_coding,
			udh: udh ? udh.map((u) => u.toString('hex')) : [],
		});
		if (pdu.registered_delivery & 1)
			receipt(pdu, id);
	});
}

const server = smpp.createServer(cert ? {
	cert: fs.readFileSync(cert),
	key: fs.readFileSync(key),
} : {}, serve);
server.listen(0, '127.0.0.1', () => say('listening', {
	port: server.address().port }));

readline.createInterface({ input: process.stdin }).on('line', (line) => {
	const { from, to, text } = JSON.parse(line);
	for (const session of sessions) {
		session.deliver_sm({
			source_addr_ton: 1,
			source_addr: from,
			destination_addr: to,
			short_message: text,
		}, (resp) => say('mo_resp', { status: resp.command_status }));
		break;
	}
}).on('close', () => process.exit(0));
