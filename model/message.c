/* The stored form of a message: varints and counted strings in one order. */
#include "model/message.h"

#include <errno.h>

#include "base/id.h"
#include "model/body.h"

/* First byte of the stored form; a new layout gets a new number. */
enum { MESSAGE_LAYOUT = 2 };

const char *verdict_name(enum verdict v)
{
	static const char *const names[] = { "allow", "defer", "deny" };

	must((unsigned)v < ARRAY_LEN(names));
	return names[v];
}

bool campaign_counts(struct str campaign)
{
	uint64_t id;

	return campaign.len > 0 &&
	       (campaign.len < ID_TEXT || campaign.p[ID_TEXT - 1] != '-' ||
		id_parse(str_first(campaign, ID_TEXT - 1), &id) != 0);
}

/* Times after accepted_ms are stored as the difference plus one; 0: none. */
static void put_later(struct buf *out, int64_t base_ms, int64_t ms)
{
	buf_varint(out, ms == 0 ? 0 : (uint64_t)(ms - base_ms) * 2 + 1);
}

static int64_t get_later(struct bufr *r, int64_t base_ms)
{
	uint64_t v = bufr_varint(r);

	return v == 0 ? 0 : base_ms + (int64_t)(v - 1) / 2;
}

static void put_decision(const struct decision *d, int64_t base_ms,
			 struct buf *out)
{
	buf_u8(out, (uint8_t)d->verdict);
	buf_lstr(out, d->reason);
	buf_lstr(out, d->rule_version);
	buf_lstr(out, d->packs);
	buf_lstr(out, d->zone);
	buf_u8(out, d->zones);
	put_later(out, base_ms, d->not_before_ms);
	buf_u32(out, (uint32_t)d->zone_offset_s);
	buf_varint(out, d->consent_seq);
}

static void put_template(const struct template_ref *t, struct buf *out)
{
	if (t->id.len == 0)
		return;
	buf_lstr(out, t->id);
	buf_varint(out, t->version);
	buf_lstr(out, t->lang);
	buf_lstr(out, t->sha256);
}

#define FLAGS_STORED (MESSAGE_FLAG_TEMPLATE | MESSAGE_FLAG_THREAD)

static uint8_t flags_of(const struct message *m)
{
	unsigned flags = m->flags & ~(unsigned)FLAGS_STORED;

	if (m->template_ref.id.len > 0)
		flags |= MESSAGE_FLAG_TEMPLATE;
	if (m->thread.len > 0)
		flags |= MESSAGE_FLAG_THREAD;
	return (uint8_t)flags;
}

/* At the end, and only if there is something: of most tenants there is not. */
static void put_report(const struct message *m, struct buf *out)
{
	if (m->branch.len + m->tier.len + m->department.len == 0)
		return;
	buf_lstr(out, m->branch);
	buf_lstr(out, m->tier);
	buf_lstr(out, m->department);
}

void message_encode(const struct message *m, struct buf *out)
{
	must(m != NULL && out != NULL);
	buf_u8(out, MESSAGE_LAYOUT);
	buf_u64(out, (uint64_t)m->accepted_ms);
	buf_u8(out, m->priority);
	buf_u8(out, m->parts);
	buf_u8(out, flags_of(m));
	buf_lstr(out, m->tenant);
	buf_lstr(out, m->class_name);
	buf_lstr(out, m->to);
	buf_lstr(out, m->address);
	buf_lstr(out, m->from);
	buf_lstr(out, m->channel);
	buf_lstr(out, m->text);
	buf_lstr(out, m->campaign);
	buf_lstr(out, m->metadata);
	buf_lstr(out, m->business_line);
	buf_lstr(out, m->exclusion);
	buf_lstr(out, m->origin);
	put_template(&m->template_ref, out);
	if (m->thread.len > 0) /* most have none, and pay nothing */
		buf_lstr(out, m->thread);
	put_later(out, m->accepted_ms, m->send_at_ms);
	put_later(out, m->accepted_ms, m->valid_until_ms);
	put_decision(&m->decision, m->accepted_ms, out);
	put_report(m, out);
}

static void get_decision(struct bufr *r, int64_t base_ms, struct decision *d)
{
	uint8_t verdict = bufr_u8(r);

	if (verdict > VERDICT_DENY)
		r->bad = true;
	d->verdict = (enum verdict)verdict;
	d->reason = bufr_lstr(r);
	d->rule_version = bufr_lstr(r);
	d->packs = bufr_lstr(r);
	d->zone = bufr_lstr(r);
	d->zones = bufr_u8(r);
	d->at_ms = base_ms;
	d->not_before_ms = get_later(r, base_ms);
	d->zone_offset_s = (int32_t)bufr_u32(r);
	d->consent_seq = bufr_varint(r);
}

static void get_template(struct bufr *r, struct message *m)
{
	struct template_ref *t = &m->template_ref;

	if ((m->flags & MESSAGE_FLAG_TEMPLATE) == 0)
		return;
	t->id = bufr_lstr(r);
	t->version = (unsigned)bufr_varint(r);
	t->lang = bufr_lstr(r);
	t->sha256 = bufr_lstr(r);
}

int message_decode(struct str bytes, uint64_t id, struct message *m)
{
	struct bufr r = bufr_of(bytes.p, bytes.len);
	struct message v = { .id = id };

	must(m != NULL);
	if (bufr_u8(&r) != MESSAGE_LAYOUT)
		return -EBADMSG;
	v.accepted_ms = (int64_t)bufr_u64(&r);
	v.priority = bufr_u8(&r);
	v.parts = bufr_u8(&r);
	v.flags = bufr_u8(&r);
	v.tenant = bufr_lstr(&r);
	v.class_name = bufr_lstr(&r);
	v.to = bufr_lstr(&r);
	v.address = bufr_lstr(&r);
	v.from = bufr_lstr(&r);
	v.channel = bufr_lstr(&r);
	v.text = bufr_lstr(&r);
	v.campaign = bufr_lstr(&r);
	v.metadata = bufr_lstr(&r);
	v.business_line = bufr_lstr(&r);
	v.exclusion = bufr_lstr(&r);
	v.origin = bufr_lstr(&r);
	get_template(&r, &v);
	if ((v.flags & MESSAGE_FLAG_THREAD) != 0)
		v.thread = bufr_lstr(&r);
	v.flags = (uint8_t)(v.flags & ~(unsigned)FLAGS_STORED);
	v.send_at_ms = get_later(&r, v.accepted_ms);
	v.valid_until_ms = get_later(&r, v.accepted_ms);
	get_decision(&r, v.accepted_ms, &v.decision);
	if (bufr_left(&r) > 0) {
		v.branch = bufr_lstr(&r);
		v.tier = bufr_lstr(&r);
		v.department = bufr_lstr(&r);
	}
	if (r.bad)
		return -EBADMSG;
	v.purged = body_cleared(v.text);
	if (v.purged)
		v.text = v.metadata = STR_NONE;
	*m = v;
	return 0;
}

void message_purge(char *bytes, const struct message *m)
{
	must(bytes != NULL && m != NULL && !m->purged);
	body_clear(bytes, m->text);
	body_clear(bytes, m->metadata);
}
