/* States to Kannel's types, and the SMSC's words, built anew from the code
 * that is kept of them. */
#include "daemon/dlr_report.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/secret.h"
#include "model/address.h"
#include "model/lifecycle.h"
#include "proto/kannel_fill.h"
#include "proto/smpp_status.h"

#define URL_MAX 65536
#define TEXT_MAX 1024
#define TYPE_EXPIRED 34 /* undelivered, because its time was over */

/* First row that fits. by_peer: the SMSC's receipt said so. */
static const struct {
	enum message_state state;
	bool by_peer;
	unsigned type;
	const char *stat; /* of a receipt */
} types[] = {
	{ MESSAGE_SUBMITTED, false, KANNEL_SUBMITTED, NULL },
	{ MESSAGE_SENT, false, KANNEL_SUBMITTED, NULL },
	{ MESSAGE_DELIVERED, false, KANNEL_DELIVERED, "DELIVRD" },
	{ MESSAGE_UNDELIVERED, false, KANNEL_UNDELIVERED, "UNDELIV" },
	{ MESSAGE_EXPIRED, true, TYPE_EXPIRED, "EXPIRED" },
	{ MESSAGE_EXPIRED, false, KANNEL_REJECTED, NULL },
	{ MESSAGE_REJECTED, true, KANNEL_UNDELIVERED, "REJECTD" },
	{ MESSAGE_REJECTED, false, KANNEL_REJECTED, NULL },
	{ MESSAGE_UNKNOWN, true, KANNEL_UNDELIVERED, "UNKNOWN" },
	{ MESSAGE_FAILED, false, KANNEL_REJECTED, NULL },
	{ MESSAGE_CANCELLED, false, KANNEL_REJECTED, NULL },
	{ MESSAGE_SUPPRESSED, false, KANNEL_REJECTED, NULL },
};

/* What the notice says, and what the sender asked for. */
struct told {
	struct str id, to, link, peer, reason, at;
	enum message_state state;
	bool enroute;
	const json_t *asked; /* metadata.kannel */
	unsigned mask;
	unsigned type;
	uint32_t status; /* the peer's own number for a refusal */
	const char *stat;
	int64_t at_ms;
};

static struct str text_in(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return v == NULL ? STR_NONE : str_of(json_string_value(v));
}

static uint64_t number_in(const json_t *object, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(object, name));

	return n > 0 ? (uint64_t)n : 0;
}

/* ---- which report -------------------------------------------------------- */

static bool type_find(struct told *t)
{
	if (t->enroute) {
		t->type = KANNEL_BUFFERED;
		t->stat = "ENROUTE";
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (types[i].state != t->state ||
		    (types[i].by_peer && t->peer.len == 0))
			continue;
		t->type = types[i].type;
		t->stat = types[i].stat;
		return true;
	}
	return false;
}

/* Kannel tells of a refusal whoever asks for failures of either kind. */
static bool type_wanted(const struct told *t)
{
	unsigned mask = t->mask;

	if (t->type == KANNEL_REJECTED && (mask & KANNEL_UNDELIVERED) != 0)
		return true;
	return (mask & t->type & 31u) != 0;
}

static int told_read(const json_t *root, struct str type, struct told *t)
{
	const json_t *data = json_object_get(root, "data");

	*t = (struct told){
		.id = text_in(data, "id"),
		.to = text_in(data, "to"),
		.link = text_in(data, "link"),
		.peer = text_in(data, "peer_id"),
		.reason = text_in(data, "reason"),
		.at = text_in(data, "at"),
		.enroute = str_eqz(type, "message.enroute"),
		.asked = json_object_get(json_object_get(data, "metadata"),
					 "kannel"),
	};
	if (t->asked == NULL ||
	    message_state_parse(text_in(data, "state"), &t->state) != 0 ||
	    clock_parse_rfc3339(t->at.p, t->at.len, &t->at_ms) != 0)
		return -EBADMSG;
	t->mask = (unsigned)(number_in(t->asked, "mask") & 127u);
	t->status = (uint32_t)number_in(data, "peer_status");
	return type_find(t) && type_wanted(t) ? 0 : -ENOENT;
}

/* ---- the SMSC's words ---------------------------------------------------- */

/* YYMMDDhhmm */
static void put_date(struct buf *b, int64_t wall_ms)
{
	char t[32];

	clock_rfc3339(wall_ms, t);
	buf_f(b, "%.2s%.2s%.2s%.2s%.2s", t + 2, t + 5, t + 8, t + 11, t + 14);
}

/* "err-042" -> 042 */
static struct str error_of(const struct told *t)
{
	if (str_starts(t->reason, STR("err-")))
		return str_from(t->reason, 4);
	return STR("000");
}

/* A receipt as Appendix B of SMPP 3.4 writes one. */
static void put_receipt(struct buf *b, const struct told *t)
{
	uint64_t id = 0;

	IGNORE(id_parse(t->id, &id));
	buf_f(b, "id:%.*s sub:001 dlvrd:%s submit date:", STR_ARGS(t->peer),
	      t->type == KANNEL_DELIVERED ? "001" : "000");
	put_date(b, id != 0 ? id_wall_ms(id) : t->at_ms);
	buf_z(b, " done date:");
	put_date(b, t->at_ms);
	buf_f(b, " stat:%s err:%.*s text:", t->stat, STR_ARGS(error_of(t)));
}

static void put_text(struct buf *b, const struct told *t)
{
	if (t->stat != NULL)
		put_receipt(b, t);
	else if (t->type == KANNEL_SUBMITTED)
		buf_z(b, "ACK/");
	else if (t->status != 0)
		buf_f(b, "NACK/0x%08x/%s", t->status,
		      smpp_status_text(t->status));
	else
		buf_f(b, "NACK/%.*s", STR_ARGS(t->reason));
}

/* The sender's own, then what Kannel adds: the mask, and the error as a
 * network_error_code of GSM. */
static void put_meta(struct buf *b, const struct told *t)
{
	struct str own = text_in(t->asked, "meta-data");
	uint64_t error = 0;

	buf_str_put(b, own);
	if (own.len > 0 && own.p[own.len - 1] != '&')
		buf_c(b, '&');
	buf_f(b, "?orig_msg?dlr_mask=%u&", t->mask);
	if (t->stat != NULL && str_u64(error_of(t), 65535, &error) == 0)
		buf_f(b, "?smpp?dlr_err=%%03%%%02X%%%02X&",
		      (unsigned)(error >> 8), (unsigned)(error & 255));
}

/* ---- the URL ------------------------------------------------------------- */

/* The number as its sender wrote it. */
static void put_number(struct buf *b, const struct told *t)
{
	const json_t *lead = json_object_get(t->asked, "lead");
	uint64_t tail = number_in(t->asked, "tail");

	if (lead == NULL) {
		buf_str_put(b, t->to);
		return;
	}
	buf_z(b, json_is_string(lead) ? json_string_value(lead) : "");
	buf_str_put(b, str_from(t->to, t->to.len - MIN(tail, t->to.len)));
}

/* http://user:word@host/ -> http://host/ and a header. */
static void take_user(struct str url, struct dlr_fetch *out)
{
	size_t at = 0, from;

	while (at + 3 <= url.len && memcmp(url.p + at, "://", 3) != 0)
		at++;
	from = MIN(at + 3, url.len);
	struct str rest = str_from(url, from);
	size_t host = 0;
	while (host < rest.len && strchr("/?#", rest.p[host]) == NULL)
		host++;
	size_t sign = host;
	while (sign > 0 && rest.p[sign - 1] != '@')
		sign--;
	buf_str_put(&out->url, str_first(url, from));
	buf_str_put(&out->url, str_from(rest, sign));
	if (sign == 0)
		return;
	buf_z(&out->auth, "authorization: Basic ");
	secret_base64((const uint8_t *)rest.p, sign - 1, &out->auth);
}

static int build(const struct told *t, struct dlr_fetch *out)
{
	AUTO(buf_done)
	struct buf text = { 0 }, meta = { 0 }, to = { 0 }, url = { 0 };
	struct kannel_report r = {
		.type = t->type,
		.from = text_in(t->asked, "from"),
		.link = t->link.len > 0 ? t->link : text_in(t->asked, "smsc"),
		.peer = t->peer,
		.id = t->id,
		.user = text_in(t->asked, "user"),
		.account = text_in(t->asked, "account"),
		.billing = text_in(t->asked, "binfo"),
		.url = text_in(t->asked, "url"),
		.at_ms = t->at_ms,
	};

	buf_init(&text, TEXT_MAX);
	buf_init(&meta, TEXT_MAX);
	buf_init(&to, ADDRESS_MAX + 8);
	buf_init(&url, URL_MAX);
	put_text(&text, t);
	put_meta(&meta, t);
	put_number(&to, t);
	r.text = buf_str(&text);
	r.meta = buf_str(&meta);
	r.to = buf_str(&to);
	kannel_fill(&r, &url);
	if (r.url.len == 0)
		return -ENOENT;
	take_user(buf_str(&url), out);
	return url.full || out->url.full ? -EBADMSG : 0;
}

void dlr_fetch_init(struct dlr_fetch *f)
{
	must(f != NULL);
	buf_init(&f->url, URL_MAX);
	buf_init(&f->auth, 1024);
}

void dlr_fetch_done(struct dlr_fetch *f)
{
	must(f != NULL);
	secret_wipe(f->auth.p, f->auth.len);
	buf_done(&f->url);
	buf_done(&f->auth);
}

int dlr_report(const struct notice *n, struct dlr_fetch *out)
{
	struct told t;
	json_t *root;
	int rc;

	must(n != NULL && out != NULL);
	root = json_loadb(n->body.p, n->body.len, 0, NULL);
	rc = told_read(root, n->type, &t);
	if (rc == 0)
		rc = build(&t, out);
	json_decref(root);
	return rc;
}
