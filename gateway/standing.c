/* Questions to what is known of an address. */
#include "gateway/standing.h"

#include <string.h>

#include "gateway/classes.h"

uint32_t campaign_hash(struct str campaign)
{
	return campaign.len == 0 ? 0 : (uint32_t)str_hash(campaign) | 1;
}

const struct standing_more *standing_more_of(const struct standing *s)
{
	static const struct standing_more none;

	return s == NULL || s->more == NULL ? &none : s->more;
}

static bool grants(const struct mark *m, const struct grant_scope *scope)
{
	return m->purpose == scope->purpose &&
	       (m->brand == 0 || m->brand == scope->brand) &&
	       (m->channel == 0 || m->channel == scope->channel);
}

static bool refuses(const struct mark *m, const struct grant_scope *scope)
{
	return (m->purpose == scope->purpose || m->purpose == PURPOSE_ALL) &&
	       (m->brand == 0 || scope->brand == 0 ||
		m->brand == scope->brand) &&
	       (m->channel == 0 || scope->channel == 0 ||
		m->channel == scope->channel);
}

static enum grant grant_now(const struct mark *m, int64_t now_ms)
{
	bool runs = m->grant == GRANT_GIVEN || m->grant == GRANT_PENDING;

	if (runs && m->expires_s != 0 && now_ms / 1000 >= m->expires_s)
		return GRANT_EXPIRED;
	return (enum grant)m->grant;
}

struct grant_found standing_grant(const struct standing *s,
				  const struct grant_scope *scope,
				  int64_t now_ms)
{
	const struct mark *last = NULL;

	must(scope != NULL);
	for (unsigned i = 0; s != NULL && i < s->nmarks; i++) {
		const struct mark *m = &s->marks[i];
		bool about = m->grant == GRANT_WITHDRAWN ? refuses(m, scope)
							 : grants(m, scope);

		if (about && (last == NULL || m->seq >= last->seq))
			last = m;
	}
	if (last == NULL)
		return (struct grant_found){ .grant = GRANT_UNKNOWN };
	return (struct grant_found){ .grant = grant_now(last, now_ms),
				     .seq = last->seq,
				     .at_ms = (int64_t)last->at_s * 1000 };
}

void standing_marks(const struct standing *s, int64_t now_ms,
		    standing_mark_fn *fn, void *owner)
{
	must(fn != NULL);
	for (unsigned i = 0; s != NULL && i < s->nmarks; i++) {
		const struct mark *m = &s->marks[i];

		fn(owner, m->purpose, m->brand, m->channel,
		   grant_now(m, now_ms), m->seq);
	}
}

enum block standing_blocked(const struct standing *s, bool promotional,
			    uint64_t *seq)
{
	enum block found = BLOCK_NONE;

	must(seq != NULL);
	for (unsigned i = 0; i < standing_more_of(s)->nlistings; i++) {
		const struct listing *l = &s->more->listings[i];

		if ((l->registry && !promotional) || found == BLOCK_LIST)
			continue;
		found = l->registry ? BLOCK_REGISTRY : BLOCK_LIST;
		*seq = l->seq;
	}
	return found;
}

uint64_t standing_contact(const struct standing *s)
{
	return s == NULL ? 0 : s->contact_id;
}

bool standing_told(const struct standing *s)
{
	return s != NULL && s->nmarks > 0;
}

bool standing_suspected(const struct standing *s)
{
	return s != NULL && (s->flags & FACT_SUSPECTED) != 0;
}

bool standing_left(const struct standing *s, int64_t *since_ms)
{
	if (s == NULL || (s->flags & FACT_LEFT) == 0)
		return false;
	/* a consent of the same import is no new one: a second later counts */
	*since_ms = ((int64_t)standing_more_of(s)->left_s + 1) * 1000;
	return true;
}

const struct tzone *standing_zone(const struct standing *s)
{
	return s == NULL ? NULL : tzone_numbered(s->zone);
}

bool standing_zone_guessed(const struct standing *s)
{
	return s != NULL && (s->flags & FACT_ZONE_GUESSED) != 0;
}

void standing_hours(const struct standing *s, struct hours *h)
{
	const struct standing_more *more = standing_more_of(s);

	must(h != NULL);
	hours_narrow(h, more->open_minute, more->close_minute);
}

struct str standing_preferred(const struct standing *s)
{
	if (s != NULL && (s->flags & FACT_PREFERS_SMS) != 0)
		return STR("sms");
	if (s == NULL || (s->flags & FACT_PREFERS_OTHER) == 0)
		return STR_NONE;
	return str_of(standing_more_of(s)->other);
}

struct str standing_other(const struct standing *s, struct str channel)
{
	const char *other = standing_more_of(s)->other;

	if (other == NULL || !str_eqz(channel, other))
		return STR_NONE;
	return str_of(other + strlen(other) + 1);
}

struct str standing_lang(const struct standing *s)
{
	if (s == NULL || (s->flags & (FACT_CHINESE | FACT_ENGLISH)) == 0)
		return STR_NONE;
	return (s->flags & FACT_CHINESE) != 0 ? STR("zh") : STR("en");
}

unsigned standing_count(const struct standing *s, uint32_t classes,
			int64_t since_ms)
{
	unsigned count = 0;

	for (unsigned i = standing_more_of(s)->ncounted; i-- > 0;) {
		const struct counted *c = &s->more->counted[i];

		if ((int64_t)c->at_s * 1000 > since_ms &&
		    (classes & BIT(c->class_index)) != 0)
			count++;
	}
	return count;
}

bool standing_reached(const struct standing *s, unsigned group,
		      struct str campaign, int64_t since_ms)
{
	uint32_t own = campaign_hash(campaign);

	for (unsigned i = 0; i < standing_more_of(s)->ncounted; i++) {
		const struct counted *c = &s->more->counted[i];

		if (c->group == group && (int64_t)c->at_s * 1000 > since_ms &&
		    c->campaign != own)
			return true;
	}
	return false;
}
