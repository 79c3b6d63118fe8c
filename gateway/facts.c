/* The table of standings: 64-bit address keys to small records. With its place
 * in the table one takes some 55 bytes, and a consent 32 more. */
#include "gateway/standing.h"

#include <errno.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/slab.h"
#include "gateway/classes.h"
#include "model/address.h"

/* Words with numbers: from 1, in order of their first use. */
struct names {
	struct dict *numbers; /* word -> its number as a pointer */
	char **v;
	uint64_t *listed; /* of lists: how many are on it */
	unsigned len;
};

struct facts {
	struct map *map;
	struct slab *slab; /* of the standings */
	uint64_t refusals;
	struct names names;   /* brands, channels, lists */
	struct names tenants; /* numbers are not used */
	struct names branches;
	struct names tiers;
};

/* 0 for none; 0 too when there are no numbers left. */
static uint16_t name_make(struct names *n, struct str word)
{
	void *have = dict_get(n->numbers, word);

	if (word.len == 0 || have != NULL)
		return (uint16_t)(uintptr_t)have;
	if (n->len + 1 >= FACTS_NAME_NEW)
		return 0;
	if ((n->len & (n->len - 1)) == 0) {
		size_t cap = MAX(n->len * 2, 4);

		n->v = mem_resize(n->v, cap * sizeof(*n->v));
		n->listed = mem_resize(n->listed, cap * sizeof(*n->listed));
	}
	n->listed[n->len] = 0;
	n->v[n->len++] = str_z(word);
	(void)dict_set(n->numbers, word, (void *)(uintptr_t)n->len);
	return (uint16_t)n->len;
}

static void names_done(struct names *n)
{
	for (unsigned i = 0; i < n->len; i++)
		mem_free(n->v[i]);
	mem_free(n->v);
	mem_free(n->listed);
	dict_free(&n->numbers);
}

struct facts *facts_new(void)
{
	struct facts *f = mem_new(struct facts);

	f->map = map_new();
	f->slab = slab_new();
	f->names.numbers = dict_new();
	f->tenants.numbers = dict_new();
	f->branches.numbers = dict_new();
	f->tiers.numbers = dict_new();
	return f;
}

static void standing_free(struct facts *f, struct standing *s)
{
	if (s->more != NULL) {
		mem_free(s->more->counted);
		mem_free(s->more->listings);
		mem_free(s->more->other);
		mem_free(s->more);
	}
	mem_free(s->marks);
	slab_put(f->slab, s, sizeof(*s));
}

static struct standing_more *more_make(struct standing *s)
{
	if (s->more == NULL)
		s->more = mem_new(struct standing_more);
	return s->more;
}

void facts_free(struct facts **fp)
{
	struct facts *f = *fp;
	uint64_t key, value;
	size_t pos = 0;

	if (f == NULL)
		return;
	while (map_next(f->map, &pos, &key, &value))
		standing_free(f, (struct standing *)(uintptr_t)value);
	map_free(&f->map);
	slab_free(&f->slab);
	names_done(&f->names);
	names_done(&f->tenants);
	names_done(&f->branches);
	names_done(&f->tiers);
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

/* A key no address has: addresses are printable. */
static uint64_t person_key(struct str tenant, uint64_t contact_id)
{
	char text[1 + sizeof(contact_id)] = { '\0' };

	memcpy(text + 1, &contact_id, sizeof(contact_id));
	return address_key(tenant, str_bytes(text, sizeof(text)));
}

const struct standing *facts_person(const struct facts *f, struct str tenant,
				    const struct standing *s)
{
	must(f != NULL);
	if (s == NULL || s->contact_id == 0)
		return NULL;
	return map_ptr(f->map, person_key(tenant, s->contact_id));
}

uint16_t facts_name(const struct facts *f, struct str name)
{
	void *have;

	must(f != NULL);
	if (name.len == 0 || str_eqz(name, "*"))
		return 0;
	have = dict_get(f->names.numbers, name);
	return have == NULL ? FACTS_NAME_NEW : (uint16_t)(uintptr_t)have;
}

const char *facts_name_text(const struct facts *f, uint16_t name)
{
	must(f != NULL && name <= f->names.len);
	return name == 0 ? "" : f->names.v[name - 1];
}

bool facts_branch(const struct facts *f, const struct standing *s,
		  struct str *branch)
{
	must(f != NULL && branch != NULL);
	*branch = s == NULL || s->branch == 0
			  ? STR_NONE
			  : str_of(f->branches.v[s->branch - 1]);
	return s != NULL && s->contact_id != 0;
}

struct str facts_tier(const struct facts *f, const struct standing *s)
{
	must(f != NULL);
	return s == NULL || s->tier == 0 ? STR_NONE
					 : str_of(f->tiers.v[s->tier - 1]);
}

unsigned facts_tenants(const struct facts *f)
{
	must(f != NULL);
	return f->tenants.len;
}

const char *facts_tenant(const struct facts *f, unsigned i)
{
	must(f != NULL && i < f->tenants.len);
	return f->tenants.v[i];
}

static struct standing *standing_make(struct facts *f, struct str tenant,
				      uint64_t key)
{
	struct standing *s = map_ptr(f->map, key);

	if (s == NULL) {
		s = slab_get(f->slab, sizeof(*s));
		*s = (struct standing){ 0 };
		map_set_ptr(f->map, key, s);
		IGNORE(name_make(&f->tenants, tenant));
	}
	return s;
}

static struct standing *standing_of(struct facts *f, struct str tenant,
				    struct str address)
{
	return standing_make(f, tenant, address_key(tenant, address));
}

/* The words of one purpose, brand and channel follow each other in one mark.
 * With no room for another one the last is given up, and the rest of what is
 * said there is unknown, which is no consent. */
static struct mark *mark_make(struct standing *s, const struct grant_scope *k)
{
	struct mark *m;

	for (unsigned i = 0; i < s->nmarks; i++) {
		m = &s->marks[i];
		if (m->purpose == k->purpose && m->brand == k->brand &&
		    m->channel == k->channel)
			return m;
	}
	if (s->nmarks == UINT8_MAX) {
		m = &s->marks[s->nmarks - 1];
	} else {
		s->marks = mem_resize(s->marks,
				      (s->nmarks + 1u) * sizeof(*s->marks));
		m = &s->marks[s->nmarks++];
	}
	*m = (struct mark){ .purpose = (uint8_t)k->purpose,
			    .brand = k->brand,
			    .channel = k->channel };
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
	case CONSENT_IMPORT:
		*out = GRANT_GIVEN;
		return true;
	case CONSENT_WITHDRAW:
		*out = GRANT_WITHDRAWN;
		return true;
	case CONSENT_EXPIRE:
		*out = GRANT_EXPIRED;
		return true;
	case CONSENT_CORRECT: /* what was agreed never was */
		*out = GRANT_UNKNOWN;
		return true;
	case CONSENT_BLOCK:
	case CONSENT_UNBLOCK:
		return false;
	}
	return false;
}

static struct listing *listing_find(struct standing_more *s, uint16_t list)
{
	for (unsigned i = 0; i < s->nlistings; i++) {
		if (s->listings[i].list == list)
			return &s->listings[i];
	}
	return NULL;
}

/* Lists are named by the source; whatever else says "block" is one list. */
static bool is_list(struct str source)
{
	return str_starts(source, STR("registry:")) ||
	       str_starts(source, STR("list:"));
}

static void count_listed(struct facts *f, uint16_t list, int by)
{
	if (list != 0)
		f->names.listed[list - 1] += (uint64_t)(int64_t)by;
}

/* A time in the far future is the last one that fits. */
static uint32_t seconds(int64_t ms)
{
	return (uint32_t)MIN(MAX(ms, 0) / 1000, (int64_t)UINT32_MAX);
}

static int block(struct facts *f, struct standing *owner,
		 const struct consent_event *e)
{
	struct standing_more *s = more_make(owner);
	uint16_t list =
		is_list(e->source) ? name_make(&f->names, e->source) : 0;
	struct listing *l = listing_find(s, list);

	if (e->type == CONSENT_UNBLOCK) {
		if (l != NULL && l->seq < e->seq) {
			*l = s->listings[--s->nlistings];
			count_listed(f, list, -1);
		}
		return 0;
	}
	if (l == NULL && s->nlistings == UINT8_MAX)
		l = &s->listings[UINT8_MAX - 1]; /* it stays blocked */
	if (l == NULL) {
		s->listings =
			mem_resize(s->listings,
				   (s->nlistings + 1u) * sizeof(*s->listings));
		l = &s->listings[s->nlistings++];
		count_listed(f, list, 1);
	}
	*l = (struct listing){
		.seq = e->seq,
		.until_s = seconds(e->expires_ms),
		.list = list,
		.registry = list != 0 && str_starts(e->source, STR("registry:"))
	};
	return is_list(e->source) && list == 0 ? -ENOSPC : 0;
}

bool facts_listed(const struct facts *f, struct str tenant, struct str address,
		  struct str list, int64_t *until_ms)
{
	const struct standing *s = facts_of(f, tenant, address);
	uint16_t name = facts_name(f, list);

	must(until_ms != NULL);
	if (s == NULL || s->more == NULL || name == 0)
		return false;
	for (unsigned i = 0; i < s->more->nlistings; i++) {
		const struct listing *l = &s->more->listings[i];

		if (l->list != name)
			continue;
		*until_ms = (int64_t)l->until_s * 1000;
		return true;
	}
	return false;
}

const char *facts_list(const struct facts *f, unsigned i, uint64_t *n)
{
	must(f != NULL && n != NULL);
	for (unsigned at = 0; at < f->names.len; at++) {
		if (!is_list(str_of(f->names.v[at])) || i-- > 0)
			continue;
		*n = f->names.listed[at];
		return f->names.v[at];
	}
	return NULL;
}

bool facts_runs(const struct facts *f, uint64_t key, uint64_t seq)
{
	must(f != NULL);
	const struct standing *s = map_ptr(f->map, key);

	for (unsigned i = 0; s != NULL && i < s->nmarks; i++) {
		const struct mark *m = &s->marks[i];

		if (m->seq == seq &&
		    (m->grant == GRANT_GIVEN || m->grant == GRANT_PENDING))
			return true;
	}
	if (s == NULL || s->more == NULL)
		return false;
	for (unsigned i = 0; i < s->more->nlistings; i++) {
		if (s->more->listings[i].seq == seq)
			return true;
	}
	return false;
}

static struct str one_channel(struct str channel)
{
	return str_eqz(channel, "*") ? STR_NONE : channel;
}

int facts_consent(struct facts *f, const struct consent_event *e,
		  unsigned purpose)
{
	struct standing *s;
	struct grant_scope k = { .purpose = purpose };
	struct str channel;
	enum grant grant;
	struct mark *m;

	must(f != NULL && e != NULL);
	s = standing_of(f, e->tenant, e->address);
	if (e->type == CONSENT_BLOCK || e->type == CONSENT_UNBLOCK) {
		f->refusals++;
		return block(f, s, e);
	}
	if (!grant_of(e->type, &grant))
		return 0;
	channel = one_channel(e->channel);
	k.brand = name_make(&f->names, e->brand);
	k.channel = name_make(&f->names, channel);
	if (((k.brand == 0 && e->brand.len > 0) ||
	     (k.channel == 0 && channel.len > 0)) &&
	    grant != GRANT_WITHDRAWN)
		return -ENOSPC;
	m = mark_make(s, &k);
	if (e->seq != 0 && m->seq > e->seq)
		return 0; /* a grant that commits after a later withdrawal */
	m->seq = e->seq;
	m->grant = (uint8_t)grant;
	m->at_s = seconds(e->at_ms);
	m->expires_s = seconds(e->expires_ms);
	if (grant != GRANT_GIVEN)
		f->refusals++;
	return 0;
}

/* Most have one address and no wish: that takes no memory. */
static void reach_by(struct standing *s, struct str preferred,
		     const struct contact_address *other, struct str own)
{
	bool have = other != NULL && other->address.len > 0 &&
		    !str_eq(other->address, own);
	struct str channel = have ? other->channel : preferred;
	char *text;

	if (s->more != NULL)
		mem_clear(&s->more->other);
	if (str_eqz(preferred, "sms") &&
	    !(have && str_eqz(other->channel, "sms")))
		s->flags |= FACT_PREFERS_SMS;
	else if (preferred.len > 0) {
		s->flags |= FACT_PREFERS_OTHER;
		channel = preferred;
		have = have && str_eq(other->channel, preferred);
	}
	if (!have && (s->flags & FACT_PREFERS_OTHER) == 0)
		return;
	struct str address = have ? other->address : STR_NONE;

	text = mem_zalloc(channel.len + address.len + 2);
	memcpy(text, channel.p, channel.len);
	memcpy(text + channel.len + 1, address.p, address.len);
	more_make(s)->other = text;
}

static void wish(struct standing *s, struct str hours)
{
	char text[16];
	int open = 0, close = 0;

	if (hours.len > 0 && str_copy(text, sizeof(text), hours) == 0)
		IGNORE(hours_parse(text, &open, &close)); /* checked before */
	if (s->more == NULL && open == close)
		return;
	more_make(s)->open_minute = (uint16_t)open;
	s->more->close_minute = (uint16_t)close;
}

void facts_contact(struct facts *f, struct str tenant, struct str address,
		   const struct contact *c, const struct tzone *zone,
		   const struct contact_address *other)
{
	struct standing *s = standing_of(f, tenant, address);

	must(c != NULL);
	s->contact_id = c->id;
	/* With no number left it is of none: nobody's who has a branch. */
	s->branch = name_make(&f->branches, c->branch);
	s->tier = name_make(&f->tiers, c->tier);
	s->zone = tzone_number(zone);
	s->flags &= FACT_SUSPECTED;
	if (zone != NULL && contact_zone_guessed(c))
		s->flags |= FACT_ZONE_GUESSED;
	wish(s, c->hours);
	if (c->state == CONTACT_LEFT) {
		s->flags |= FACT_LEFT;
		more_make(s)->left_s = (uint32_t)(c->updated_ms / 1000);
		f->refusals++;
	}
	if (str_starts(c->lang, STR("zh")))
		s->flags |= FACT_CHINESE;
	else if (c->lang.len > 0)
		s->flags |= FACT_ENGLISH;
	reach_by(s, c->preferred, other, address);
}

void facts_contact_part(struct facts *f, struct str tenant, struct str address,
			uint64_t contact_id)
{
	struct standing *s = map_ptr(f->map, address_key(tenant, address));

	must(contact_id != 0);
	if (s == NULL || s->contact_id != contact_id)
		return;
	s->contact_id = 0;
	s->branch = s->tier = 0;
	s->zone = 0;
	s->flags &= FACT_SUSPECTED;
	wish(s, STR_NONE);
	if (s->more != NULL)
		mem_clear(&s->more->other);
}

void facts_suspect(struct facts *f, struct str tenant, struct str address,
		   bool suspected)
{
	struct standing *s = standing_of(f, tenant, address);

	s->flags &= (uint8_t)~FACT_SUSPECTED;
	if (suspected) {
		s->flags |= FACT_SUSPECTED;
		f->refusals++;
	}
}

/* Addresses of one person are counted together. */
static struct standing *whom_to_count(struct facts *f, struct str tenant,
				      struct str address)
{
	struct standing *s = standing_of(f, tenant, address);

	if (s->contact_id == 0)
		return s;
	return standing_make(f, tenant, person_key(tenant, s->contact_id));
}

static void counted_drop(struct standing_more *s, unsigned i)
{
	memmove(s->counted + i, s->counted + i + 1,
		(s->ncounted - i - 1u) * sizeof(*s->counted));
	s->ncounted--;
}

/* What nobody asks for any more: too old, or (unless an exclusion group looks
 * at it) more of its class than `keep`. */
static void forget(struct standing_more *s, unsigned class_index, unsigned keep,
		   int64_t now_ms)
{
	unsigned n = 0;

	for (unsigned i = s->ncounted; i-- > 0;) {
		const struct counted *c = &s->counted[i];
		bool same = c->class_index == class_index && c->group == 0;

		n += same;
		if ((same && n >= keep) || now_ms / 1000 >= c->until_s)
			counted_drop(s, i);
	}
	if (s->ncounted == UINT8_MAX)
		counted_drop(s, 0);
}

void facts_count(struct facts *f, struct str tenant, struct str address,
		 const struct touch *t, unsigned keep, int64_t horizon_ms)
{
	struct standing_more *s;

	must(f != NULL && t != NULL && keep > 0);
	s = more_make(whom_to_count(f, tenant, address));
	forget(s, t->class_index, keep, t->at_ms);
	if ((s->ncounted & (s->ncounted - 1u)) == 0)
		s->counted =
			mem_resize(s->counted, MAX(s->ncounted * 2u, 1) *
						       sizeof(*s->counted));
	s->counted[s->ncounted++] = (struct counted){
		.at_s = (uint32_t)(t->at_ms / 1000),
		.until_s = (uint32_t)((t->at_ms + horizon_ms) / 1000) + 1,
		.campaign = campaign_hash(t->campaign),
		.class_index = (uint8_t)t->class_index,
		.group = (uint8_t)t->group,
	};
}

int64_t facts_uncount(struct facts *f, struct str tenant, struct str address,
		      unsigned class_index)
{
	struct standing_more *s;

	must(f != NULL);
	s = more_make(whom_to_count(f, tenant, address));
	for (unsigned i = s->ncounted; i-- > 0;) {
		int64_t at_ms = (int64_t)s->counted[i].at_s * 1000;

		if (s->counted[i].class_index == class_index) {
			counted_drop(s, i);
			return at_ms;
		}
	}
	return 0;
}
