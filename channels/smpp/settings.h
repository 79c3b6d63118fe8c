/* The section `smpp`: its copy, its check, and values in SMPP's numbers. */
#pragma once

#include <stdint.h>

#include "base/stream_tls.h"
#include "channels/smpp/channel.h"
#include "channels/smpp/dialer.h"
#include "model/outcome.h"

/* A deep copy, and its end (the password is wiped). */
void smpp_cfg_copy(struct smpp_cfg *to, const struct smpp_cfg *from);
void smpp_cfg_done(struct smpp_cfg *cfg);
/* For channel_ops.check. */
void smpp_cfg_check(const char *name, const void *cfg, struct faults *faults);

/* 0x33, 0x34, 0x50 */
uint8_t smpp_cfg_version(const struct smpp_cfg *cfg);
/* The TON and NPI that the configuration fixes; -1: auto. */
int smpp_cfg_ton(const struct smpp_cfg *cfg);
int smpp_cfg_npi(const struct smpp_cfg *cfg);

/* Host and alternates, in order of preference; how many. */
unsigned smpp_cfg_hosts(const struct smpp_cfg *cfg,
			struct smpp_host out[SMPP_HOSTS_MAX]);
/* What TLS to this host is to be like; it borrows from cfg and host. */
struct tls_cfg smpp_cfg_tls(const struct smpp_cfg *cfg, const char *host);
/* Receivers wait for the SMSC's outbind. */
bool smpp_cfg_outbound(const struct smpp_cfg *cfg);

/* One row of `status`: what the operator says a command_status means. */
struct smpp_override {
	uint32_t status;
	enum outcome_class class;
};
/* "0x405=hold", "RSYSERR=refused", "1032=broken". -EBADMSG. */
MUST_USE int smpp_override_parse(struct str s, struct smpp_override *out);
