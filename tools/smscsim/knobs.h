/* What the simulated SMSC does: one table behind the command line and the
 * control port. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum dlr_kind { DLR_NONE, DLR_TEXT, DLR_TLV, DLR_BOTH };

/* How the id in the receipt is made from the id in the response. */
enum dlr_style {
	STYLE_EXACT,
	STYLE_HEX_DEC, /* the response is hexadecimal, the receipt decimal */
	STYLE_DEC_HEX,
	STYLE_PADDED, /* zeros in front */
	STYLE_UPPER,
	STYLE_LOWER, /* the response is upper case */
};

/* How the receipt is written. */
enum dlr_form {
	FORM_PLAIN, /* SMPP 3.4 appendix B */
	FORM_SPACED,
	FORM_SWAPPED,
	FORM_TERSE, /* id and stat alone */
	FORM_UCS2,
	FORM_PAYLOAD,
	FORM_DATA_SM,
};

enum id_form { ID_HEX, ID_UPPER_HEX, ID_DEC, ID_PADDED, ID_UUID };

/* A status for a share of the submits. */
struct fault_share {
	uint32_t status;
	double share;
};

struct knobs {
	int64_t latency_ms;
	int dlr;
	int dlr_style;
	int dlr_form;
	int64_t dlr_delay_ms;
	bool dlr_early;
	bool dlr_enroute;
	int64_t dlr_repeat;
	char dlr_state[16];
	char dlr_err[8];
	double dlr_never;
	int id;
	double drop_rate;
	double no_response;
	struct fault_share error;
	/* of the whole SMSC */
	double throttle;
	int64_t throttle_burst;
	char system_id[16];
	char password[20];
	uint32_t bind_error;
	int64_t enquire_ms;
	bool mute;
	int64_t keep;
	int64_t first_id;
};

void knobs_init(struct knobs *k);
/* -ENOENT: no such knob; -EINVAL: not a value for it. */
MUST_USE int knobs_set(struct knobs *k, struct str name, struct str value,
		       struct err *err);
/* Of one destination: which of its knobs differ is kept in *own. -EINVAL for
 * a knob of the whole SMSC. */
MUST_USE int knobs_set_own(struct knobs *k, uint32_t *own, struct str name,
			   struct str value, struct err *err);
/* Lays the own knobs of a destination over *k. */
void knobs_lay(struct knobs *k, const struct knobs *over, uint32_t own);
/* One line per knob, for --help. */
void knobs_help(struct buf *out);
