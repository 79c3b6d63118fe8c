/* The table of standings: 64-bit address keys to small records. */
#include "gateway/facts.h"

#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "gateway/classes.h"
#include "model/address.h"

/* What the ledger says of one purpose. */
struct mark {
	uint64_t seq;
	uint32_t at_s;
	uint32_t expires_s; /* 0: never */
	uint8_t purpose;
	uint8_t grant; /* enum grant, without EXPIRED */
};

/* When capped messages of one class went out, oldest first. */
struct recent {
	uint8_t class_index;
	uint8_t len, cap;
	uint32_t at_s[];
};

enum {
	FACT_BLOCKED = 1,
	FACT_SUSPECTED = 2,
	FACT_LEFT = 4,
	FACT_ENGLISH = 8,
	FACT_CHINESE = 16
};

struct standing {
	const struct tzone *zone;
	struct mark *marks;
	struct recent **recents;
	char *preferred; /* "mqtt", NUL, address there; NULL: none */
	uint64_t block_seq;
	uint32_t left_s;
	uint8_t nmarks, nrecents;
	uint8_t flags;
};

struct facts {
	struct map *map;
	uint64_t refusals;
};

struct facts *facts_new(void)
{
	struct facts *f = mem_new(struct facts);

	f->map = map_new();
	return f;
}

static void standing_free(struct standing *s)
{
	for (unsigned i = 0; i < s->nrecents; i++)
		mem_free(s->recents[i]);
	mem_free(s->recents);
	mem_free(s->marks);
	mem_free(s->preferred);
	mem_free(s);
}

void facts_free(struct facts **fp)
{
	struct facts *f = *fp;
	uint64_t key, value;
	size_t pos = 0;

	if (f == NULL)
		return;
	while (map_next(f->map, &pos, &key, &value))
		standing_free((struct standing *)(uintptr_t)value);
	map_free(&f->map);
	mem_free(f);
	*fp = NULL;
}

size_t facts_len(const struct facts *f)
{
	must(f != NULL);
	return map_len(f->map);
}

uint64_t facts_refusals(const struct facts *f)
{
	must(f != NULL);
	return f->refusals;
}

const struct standing *facts_of(const struct facts *f, struct str tenant,
				struct str address)
{
	must(f != NULL);
	return map_ptr(f->map, address_key(tenant, address));
}

static struct standing *standing_make(struct facts *f, struct str tenant,
				      struct str address)
{
	uint64_t key = address_key(tenant, address);
	struct standing *s = map_ptr(f->map, key);

	if (s == NULL) {
		s = mem_new(struct standing);
		map_set_ptr(f->map, key, s);
	}
	return s;
}

static struct mark *mark_find(const struct standing *s, unsigned purpose)
{
	for (unsigned i = 0; i < s->nmarks; i++) {
		if (s->marks[i].purpose == purpose)
			return &s->marks[i];
	}
	return NULL;
}

static struct mark *mark_make(struct standing *s, unsigned purpose)
{
	struct mark *m = mark_find(s, purpose);

	if (m != NULL)
		return m;
	must(s->nmarks < UINT8_MAX);
	s->marks = mem_resize(s->marks, (s->nmarks + 1u) * sizeof(*s->marks));
	m = &s->marks[s->nmarks++];
	*m = (struct mark){ .purpose = (uint8_t)purpose };
	return m;
}

/* Ledger events to what they make of a purpose; the others change nothing. */
static bool grant_of(enum consent_type type, enum grant *out)
{
	switch (type) {
	case CONSENT_REQUEST:
		*out = GRANT_PENDING;
		return true;
	case CONSENT_GRANT:
	case CONSENT_CONFIRM:
		*out = GRANT_GIVEN;
		return true;
	case CONSENT_WITHDRAW:
		*out = GRANT_WITHDRAWN;
		return true;
	case CONSENT_EXPIRE:
		*out = GRANT_EXPIRED;
		return true;
	case CONSENT_BLOCK:
	case CONSENT_UNBLOCK:
	case CONSENT_CORRECT:
		return false;
	}
	return false;
}

void facts_consent(struct facts *f, struct str tenant, struct str address,
		   unsigned purpose, enum consent_type type, uint64_t seq,
		   int64_t at_ms, int64_t expires_ms)
{
	struct standing *s = standing_make(f, tenant, address);
	enum grant grant;
	struct mark *m;

	if (type == CONSENT_BLOCK || type == CONSENT_UNBLOCK) {
		s->flags &= (uint8_t)~FACT_BLOCKED;
		if (type == CONSENT_BLOCK)
			s->flags |= FACT_BLOCKED;
		s->block_seq = seq;
		f->refusals++;
		return;
	}
	if (!grant_of(type, &grant))
		return;
	m = mark_make(s, purpose);
	if (seq != 0 && m->seq > seq)
		return; /* a grant that commits after a later withdrawal */
	m->seq = seq;
	m->grant = (uint8_t)grant;
	m->at_s = (uint32_t)(at_ms / 1000);
	m->expires_s = (uint32_t)(expires_ms / 1000);
	if (grant != GRANT_GIVEN)
		f->refusals++;
}

void facts_contact(struct facts *f, struct str tenant, struct str address,
		   const struct contact *c, const struct tzone *zone,
		   struct str other)
{
	struct standing *s = standing_make(f, tenant, address);

	must(c != NULL);
	s->zone = zone;
	s->flags &= (uint8_t) ~(FACT_LEFT | FACT_ENGLISH | FACT_CHINESE);
	if (c->state == CONTACT_LEFT) {
		s->flags |= FACT_LEFT;
		f->refusals++;
	}
	if (str_starts(c->lang, STR("zh")))
		s->flags |= FACT_CHINESE;
	else if (c->lang.len > 0)
		s->flags |= FACT_ENGLISH;
	s->left_s = (uint32_t)(c->updated_ms / 1000);
	mem_free(s->preferred);
	s->preferred = NULL;
	if (c->preferred.len > 0) {
		s->preferred = mem_zalloc(c->preferred.len + other.len + 2);
		memcpy(s->preferred, c->preferred.p, c->preferred.len);
		memcpy(s->preferred + c->preferred.len + 1, other.p, other.len);
	}
}

void facts_suspect(struct facts *f, struct str tenant, struct str address,
		   bool suspected)
{
	struct standing *s = standing_make(f, tenant, address);

	s->flags &= (uint8_t)~FACT_SUSPECTED;
	if (suspected) {
		s->flags |= FACT_SUSPECTED;
		f->refusals++;
	}
}

static struct recent **recent_find(struct standing *s, unsigned class_index)
{
	for (unsigned i = 0; i < s->nrecents; i++) {
		if (s->recents[i]->class_index == class_index)
			return &s->recents[i];
	}
	return NULL;
}

static struct recent **recent_make(struct standing *s, unsigned class_index,
				   unsigned keep)
{
	struct recent **r = recent_find(s, class_index);

	if (r != NULL && (*r)->cap >= keep)
		return r;
	if (r != NULL) {
		*r = mem_resize(*r, sizeof(**r) + keep * sizeof(uint32_t));
		(*r)->cap = (uint8_t)keep;
		return r;
	}
	s->recents = mem_resize(s->recents,
				(s->nrecents + 1u) * sizeof(*s->recents));
	r = &s->recents[s->nrecents++];
	*r = mem_zalloc(sizeof(**r) + keep * sizeof(uint32_t));
	(*r)->class_index = (uint8_t)class_index;
	(*r)->cap = (uint8_t)keep;
	return r;
}

void facts_count(struct facts *f, struct str tenant, struct str address,
		 unsigned class_index, int64_t at_ms, unsigned keep)
{
	struct standing *s = standing_make(f, tenant, address);
	struct recent *r;

	must(keep > 0 && keep <= UINT8_MAX);
	r = *recent_make(s, class_index, keep);
	if (r->len == r->cap) {
		memmove(r->at_s, r->at_s + 1,
			(r->len - 1u) * sizeof(r->at_s[0]));
		r->len--;
	}
	r->at_s[r->len++] = (uint32_t)(at_ms / 1000);
}

void facts_uncount(struct facts *f, struct str tenant, struct str address,
		   unsigned class_index, int64_t at_ms)
{
	struct standing *s = map_ptr(f->map, address_key(tenant, address));
	struct recent **rp = s == NULL ? NULL : recent_find(s, class_index);
	uint32_t at_s = (uint32_t)(at_ms / 1000);
	struct recent *r;

	if (rp == NULL)
		return;
	r = *rp;
	for (unsigned i = r->len; i-- > 0;) {
		if (r->at_s[i] != at_s)
			continue;
		memmove(r->at_s + i, r->at_s + i + 1,
			(r->len - i - 1u) * sizeof(r->at_s[0]));
		r->len--;
		return;
	}
}

enum grant standing_grant(const struct standing *s, unsigned purpose,
			  int64_t now_ms, uint64_t *seq, int64_t *at_ms)
{
	const struct mark *m, *all;

	if (s == NULL)
		return GRANT_UNKNOWN;
	m = mark_find(s, purpose);
	all = mark_find(s, PURPOSE_ALL);
	/* What was said last holds; of all purposes at once, only refusals. */
	if (all != NULL && all->grant == GRANT_WITHDRAWN &&
	    (m == NULL || m->seq < all->seq))
		m = all;
	if (m == NULL)
		return GRANT_UNKNOWN;
	*seq = m->seq;
	*at_ms = (int64_t)m->at_s * 1000;
	if (m->grant == GRANT_GIVEN && m->expires_s != 0 &&
	    now_ms / 1000 >= (int64_t)m->expires_s)
		return GRANT_EXPIRED;
	return (enum grant)m->grant;
}

bool standing_blocked(const struct standing *s, uint64_t *seq)
{
	if (s == NULL || (s->flags & FACT_BLOCKED) == 0)
		return false;
	*seq = s->block_seq;
	return true;
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
	*since_ms = ((int64_t)s->left_s + 1) * 1000;
	return true;
}

const struct tzone *standing_zone(const struct standing *s)
{
	return s == NULL ? NULL : s->zone;
}

struct str standing_preferred(const struct standing *s)
{
	return s == NULL ? STR_NONE : str_of(s->preferred);
}

struct str standing_other(const struct standing *s)
{
	if (s == NULL || s->preferred == NULL)
		return STR_NONE;
	return str_of(s->preferred + strlen(s->preferred) + 1);
}

struct str standing_lang(const struct standing *s)
{
	if (s == NULL || (s->flags & (FACT_CHINESE | FACT_ENGLISH)) == 0)
		return STR_NONE;
	return (s->flags & FACT_CHINESE) != 0 ? STR("zh") : STR("en");
}

unsigned standing_count(const struct standing *s, unsigned class_index,
			int64_t since_ms, int64_t *first_ms)
{
	unsigned count = 0;

	if (s == NULL)
		return 0;
	for (unsigned i = 0; i < s->nrecents; i++) {
		const struct recent *r = s->recents[i];

		if (r->class_index != class_index)
			continue;
		for (unsigned k = 0; k < r->len; k++) {
			if ((int64_t)r->at_s[k] * 1000 <= since_ms)
				continue;
			if (count++ == 0)
				*first_ms = (int64_t)r->at_s[k] * 1000;
		}
	}
	return count;
}
