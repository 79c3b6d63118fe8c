/* One message on its way: the answers to its parts, added up to one outcome. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "channels/smpp/channel.h"
#include "proto/smpp.h"

/*
 * `todo` counts the parts that were neither answered nor given up. The first
 * part that was not accepted decides the outcome; but one part of which
 * nobody knows makes the whole unknown, since sending it again may double it.
 */
struct smpp_flight {
	struct list link; /* of whoever keeps it */
	uint64_t attempt;
	unsigned parts;
	unsigned todo;
	uint32_t done; /* BIT(part): taken by the peer, now or before */
	bool sent;     /* bytes may have left */
	bool receipt;  /* was asked for */
	bool failed;
	enum outcome_class class;
	const char *reason; /* static */
	uint32_t status;
	/* [part]; only as many as there are parts */
	char id[][SMPP_PEER_ID_MAX + 1];
};

/* skip: parts that the peer has from an earlier attempt. */
struct smpp_flight *smpp_flight_new(uint64_t attempt, unsigned parts,
				    uint32_t skip);
void smpp_flight_free(struct smpp_flight **fp);
/* A part was accepted; id may be "" (also when it is too long to keep). */
void smpp_flight_took(struct smpp_flight *f, unsigned part, struct str id);
/* `parts` of them ended otherwise. */
void smpp_flight_fail(struct smpp_flight *f, unsigned parts,
		      enum outcome_class class, const char *reason,
		      uint32_t status);
bool smpp_flight_over(const struct smpp_flight *f);
/* Tells the outcome and frees f. cfg: how long a throttled link is silent. */
void smpp_flight_end(struct smpp_flight **fp, const struct smpp_cfg *cfg,
		     const struct channel_events *ev, void *owner);
