#!/usr/bin/perl
# Net::SMPP as an ESME that waits for each answer: binds, submits, asks, and
# takes what is delivered. Lines of JSON out; exits 0 when all came.
use strict;
use warnings;
use JSON::PP;
use Net::SMPP;

my ($port, $password) = @ARGV;
$| = 1;
alarm 20;

sub say_it {
	my ($event, $pdu) = @_;
	my %out = (event => $event);
	for my $k (keys %$pdu) {
		my $v = $pdu->{$k};
		$out{$k} = $v if defined $v && !ref $v;
	}
	delete $out{data};
	print JSON::PP->new->ascii->canonical->encode(\%out), "\n";
}

sub open_as {
	my ($kind) = @_;
	my $new = "new_$kind";
	my ($smpp, $resp) = Net::SMPP->$new('127.0.0.1',
		port => $port, system_id => 'perl', password => $password,
		smpp_version => 0x34, interface_version => 0x34,
		async => 0);
	die "no $kind: $!" unless $smpp && $resp;
	say_it("bind_$kind", $resp);
	exit 3 if $resp->status != 0;
	return $smpp;
}

my $rx = open_as('receiver');
my $tx = open_as('transmitter');

my $resp = $tx->submit_sm(
	source_addr_ton => 5, source_addr => 'PERL',
	dest_addr_ton => 1, dest_addr_npi => 1,
	destination_addr => '447700900001',
	registered_delivery => 1, short_message => 'from perl');
say_it('submit_sm', $resp);
my $id = $resp->{message_id};

# one part at a time: none is answered later than the next is sent
for my $part (1 .. 3) {
	$resp = $tx->submit_sm(
		source_addr_ton => 5, source_addr => 'PERL',
		dest_addr_ton => 1, dest_addr_npi => 1,
		destination_addr => '447700900002', esm_class => 0x40,
		registered_delivery => $part == 3 ? 1 : 0,
		short_message => pack('C6', 5, 0, 3, 9, 3, $part) .
			"part $part ");
	say_it('part', $resp);
}

$resp = $tx->submit_multi(
	source_addr_ton => 5, source_addr => 'PERL',
	dest_flag => [Net::SMPP::MULTIDESTFLAG_SME_Address,
		Net::SMPP::MULTIDESTFLAG_SME_Address],
	dest_addr_ton => [1, 1], dest_addr_npi => [1, 1],
	destination_addr => ['447700900003', '447700900004'],
	short_message => 'to many');
say_it('submit_multi', $resp);

$resp = $tx->query_sm(message_id => $id, source_addr_ton => 5,
	source_addr => 'PERL');
say_it('query_sm', $resp);
$resp = $tx->enquire_link();
say_it('enquire_link', $resp);

for (1 .. 3) { # two receipts and a message
	my $pdu = $rx->read_pdu() or die "no deliver_sm: $!";
	redo if $pdu->cmd == Net::SMPP::CMD_enquire_link &&
		$rx->enquire_link_resp(seq => $pdu->seq);
	say_it('deliver_sm', $pdu);
	$rx->deliver_sm_resp(message_id => '', seq => $pdu->seq);
}
say_it('unbind', $tx->unbind());
say_it('unbind', $rx->unbind());
