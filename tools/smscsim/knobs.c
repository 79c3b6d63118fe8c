/* The table of knobs: names, kinds, values and what each is for. */
#include "tools/smscsim/knobs.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>

#include "proto/smpp_status.h"

enum knob_kind {
	KNOB_NUMBER,
	KNOB_SWITCH,
	KNOB_WORD,  /* index into words */
	KNOB_SHARE, /* 0..1 */
	KNOB_RATE,
	KNOB_TEXT,
	KNOB_STATUS, /* an SMPP status, or "none" */
	KNOB_FAULT,  /* STATUS or STATUS:SHARE, or "none" */
};

struct knob {
	const char *name;
	enum knob_kind kind;
	size_t at, size;
	const char *const *words;
	bool whole; /* of the whole SMSC, not of one destination */
	const char *text;
};

static const char *const dlr_words[] = { "none", "text", "tlv", "both", NULL };
static const char *const style_words[] = { "exact",  "hex-dec", "dec-hex",
					   "padded", "upper",   "lower",
					   NULL };
static const char *const form_words[] = { "plain",   "spaced", "swapped",
					  "terse",   "ucs2",   "payload",
					  "data-sm", NULL };
static const char *const id_words[] = { "hex",    "upper-hex", "dec",
					"padded", "uuid",      NULL };

#define ROW(name, kind, m, words, whole, text)                             \
	{                                                                  \
		name, KNOB_##kind, offsetof(struct knobs, m),              \
			sizeof(((struct knobs *)0)->m), words, whole, text \
	}
#define ONE(name, kind, m, text) ROW(name, kind, m, NULL, false, text)
#define WORD(name, m, words, text) ROW(name, WORD, m, words, false, text)
#define ALL(name, kind, m, text) ROW(name, kind, m, NULL, true, text)

/* clang-format off */
static const struct knob table[] = {
	ONE("latency", NUMBER, latency_ms, "ms from a submit to its response"),
	WORD("dlr", dlr, dlr_words, "receipts: as text, as TLVs, as both"),
	WORD("dlr-style", dlr_style, style_words, "id of the receipt against that of the response"),
	WORD("dlr-form", dlr_form, form_words, "how the receipt is written"),
	ONE("dlr-delay", NUMBER, dlr_delay_ms, "ms from the response to the receipt"),
	ONE("dlr-early", SWITCH, dlr_early, "the receipt leaves before the response"),
	ONE("dlr-enroute", SWITCH, dlr_enroute, "an ENROUTE receipt goes before the final one"),
	ONE("dlr-repeat", NUMBER, dlr_repeat, "copies of each receipt"),
	ONE("dlr-state", TEXT, dlr_state, "DELIVRD EXPIRED DELETED UNDELIV ACCEPTD REJECTD"),
	ONE("dlr-err", TEXT, dlr_err, "err of the receipt"),
	ONE("receipts-never", SHARE, dlr_never, "share of receipts that never come"),
	WORD("id", id, id_words, "form of message ids"),
	ONE("drop-rate", SHARE, drop_rate, "share of submits at which the link is cut"),
	ONE("no-response", SHARE, no_response, "share of submits that are taken and not answered"),
	ONE("error", FAULT, error, "STATUS[:SHARE] of submits refused so; none"),
	ALL("throttle", RATE, throttle, "submits a second, above it 0x58; 0: no limit"),
	ALL("throttle-burst", NUMBER, throttle_burst, "at once, under it; 0: a second's worth"),
	ALL("system-id", TEXT, system_id, "the only one that may bind; empty: any"),
	ALL("password", TEXT, password, "its password; empty: any"),
	ALL("bind-error", STATUS, bind_error, "status that every bind gets; none"),
	ALL("enquire", NUMBER, enquire_ms, "ms between our enquire_links; 0: none"),
	ALL("mute", SWITCH, mute, "read everything, answer nothing"),
	ALL("keep", NUMBER, keep, "submits kept for `list`"),
	ALL("first-id", NUMBER, first_id, "number of the first message id; 0: from the clock"),
};
/* clang-format on */

void knobs_init(struct knobs *k)
{
	must(k != NULL && ARRAY_LEN(table) <= 32);
	*k = (struct knobs){ .dlr_repeat = 1, .keep = 10000 };
	must(str_copy(k->dlr_state, sizeof(k->dlr_state), STR("DELIVRD")) == 0);
	must(str_copy(k->dlr_err, sizeof(k->dlr_err), STR("000")) == 0);
}

static const struct knob *knob_find(struct str name, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (str_eqz(name, table[i].name))
			return &table[i];
	}
	(void)err_set(err, -ENOENT, "no knob is called '%.*s'; see --help",
		      STR_ARGS(name));
	return NULL;
}

/* ---- values --------------------------------------------------------------- */

/* "12", "0.25": digits and one point. */
static int value_real(struct str s, double *out)
{
	struct str whole;
	uint64_t w = 0, f = 0;

	struct str part = str_cut(s, '.', &whole);
	if (whole.len == 0 && part.len == 0)
		return -EINVAL;
	if (whole.len > 0 && str_u64(whole, 1000000000, &w) < 0)
		return -EINVAL;
	if (part.len > 9 || (part.len > 0 && str_u64(part, 999999999, &f) < 0))
		return -EINVAL;
	*out = (double)w + (double)f / pow(10, (double)part.len);
	return 0;
}

static int value_share(struct str s, double *out)
{
	double d;

	if (value_real(s, &d) < 0 || d > 1)
		return -EINVAL;
	*out = d;
	return 0;
}

static int value_switch(struct str s, bool *out)
{
	bool on = str_eqz(s, "on") || str_eqz(s, "yes") || s.len == 0;

	if (!on && !str_eqz(s, "off") && !str_eqz(s, "no"))
		return -EINVAL;
	*out = on;
	return 0;
}

static int value_word(struct str s, const char *const *words, int *out)
{
	for (int i = 0; words[i] != NULL; i++) {
		if (str_eqz(s, words[i])) {
			*out = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int value_status(struct str s, uint32_t *out)
{
	if (str_eqz(s, "none")) {
		*out = 0;
		return 0;
	}
	return smpp_status_parse(s, out) < 0 ? -EINVAL : 0;
}

static int value_fault(struct str s, struct fault_share *out)
{
	struct fault_share f = { 0, 1 };
	struct str status;

	struct str share = str_cut(s, ':', &status);
	if (value_status(status, &f.status) < 0)
		return -EINVAL;
	if (share.len > 0 && value_share(share, &f.share) < 0)
		return -EINVAL;
	*out = f;
	return 0;
}

static int value_number(struct str s, int64_t *out)
{
	uint64_t n;

	if (str_u64(s, (uint64_t)1 << 60, &n) < 0)
		return -EINVAL;
	*out = (int64_t)n;
	return 0;
}

static int knob_put(struct knobs *k, const struct knob *knob, struct str value)
{
	char *at = (char *)k + knob->at;

	switch (knob->kind) {
	case KNOB_NUMBER:
		return value_number(value, (int64_t *)(void *)at);
	case KNOB_SWITCH:
		return value_switch(value, (bool *)at);
	case KNOB_WORD:
		return value_word(value, knob->words, (int *)(void *)at);
	case KNOB_SHARE:
		return value_share(value, (double *)(void *)at);
	case KNOB_RATE:
		return value_real(value, (double *)(void *)at);
	case KNOB_TEXT:
		if (value.len >= knob->size)
			return -EINVAL;
		return str_copy(at, knob->size, value);
	case KNOB_STATUS:
		return value_status(value, (uint32_t *)(void *)at);
	case KNOB_FAULT:
		return value_fault(value, (struct fault_share *)(void *)at);
	}
	return -EINVAL;
}

/* ---- what others call ----------------------------------------------------- */

static int knob_bad(const struct knob *knob, struct str value, struct err *err)
{
	return err_set(err, -EINVAL, "'%.*s' is no value for %s: %s",
		       STR_ARGS(value), knob->name, knob->text);
}

int knobs_set(struct knobs *k, struct str name, struct str value,
	      struct err *err)
{
	must(k != NULL);
	const struct knob *knob = knob_find(name, err);

	if (knob == NULL)
		return -ENOENT;
	return knob_put(k, knob, value) < 0 ? knob_bad(knob, value, err) : 0;
}

int knobs_set_own(struct knobs *k, uint32_t *own, struct str name,
		  struct str value, struct err *err)
{
	must(k != NULL && own != NULL);
	const struct knob *knob = knob_find(name, err);

	if (knob == NULL)
		return -ENOENT;
	if (knob->whole)
		return err_set(err, -EINVAL, "%s is not for one destination",
			       knob->name);
	if (knob_put(k, knob, value) < 0)
		return knob_bad(knob, value, err);
	*own |= BIT(knob - table);
	return 0;
}

void knobs_lay(struct knobs *k, const struct knobs *over, uint32_t own)
{
	must(k != NULL && over != NULL);
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if ((own & BIT(i)) != 0)
			memcpy((char *)k + table[i].at,
			       (const char *)over + table[i].at, table[i].size);
	}
}

void knobs_help(struct buf *out)
{
	must(out != NULL);
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		buf_f(out, "  --%-15s %s", table[i].name, table[i].text);
		const char *const *w = table[i].words;
		for (unsigned n = 0; w != NULL && w[n] != NULL; n++)
			buf_f(out, "%s%s", n == 0 ? ": " : " ", w[n]);
		buf_c(out, '\n');
	}
}
