/* The table of places: calling codes and area codes to merged packs. */
#include "gateway/places.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"
#include "proto/e164.h"
#include "proto/text.h"

struct places {
	struct map *map; /* key_of(digits) -> struct place */
	struct place *everywhere;
	char version[9];
};

/* Digits with their count: "1305" and "01305" differ. */
static uint64_t key_of(struct str digits)
{
	uint64_t n = 0;

	IGNORE(str_u64(digits, 999999999, &n));
	return (uint64_t)digits.len << 32 | n;
}

static void narrow_hours(struct place_rules *r, const struct pack *k)
{
	struct hours before = r->hours;

	hours_narrow(&r->hours, k->open_minute, k->close_minute);
	if (r->hours.open_minute != before.open_minute ||
	    r->hours.close_minute != before.close_minute)
		r->hours_by = k;
}

static int add_caps(struct place_rules *r, const struct pack *k,
		    const struct classes *classes)
{
	if (r->ncaps + k->ncaps > PLACE_CAPS_MAX)
		return -ENOSPC;
	for (unsigned i = 0; i < k->ncaps; i++) {
		r->caps[r->ncaps++] = (struct place_cap){
			.cap = k->caps[i],
			.mask = classes_of_nature(
				classes, (enum class_nature)k->cfg.cap_scope),
			.by = k,
		};
	}
	return 0;
}

static int narrow_rules(struct place *p, const struct pack *k,
			const struct classes *classes)
{
	for (unsigned n = 0; n < CLASS_NATURES; n++) {
		struct place_rules *r = &p->rules[n];

		if (pack_about(k->cfg.quiet_scope, (enum class_nature)n))
			narrow_hours(r, k);
		if (n == CLASS_PROMOTIONAL &&
		    k->cfg.consent > (int)r->consent) {
			r->consent = (enum class_consent)k->cfg.consent;
			r->consent_by = k;
		}
		if (pack_about(k->cfg.cap_scope, (enum class_nature)n) &&
		    add_caps(r, k, classes) != 0)
			return -ENOSPC;
	}
	return 0;
}

/* The shorter of two waits, of which 0 is none. */
static int64_t sooner(int64_t a, int64_t b)
{
	return a == 0 ? b : b == 0 ? a : MIN(a, b);
}

static int narrow(struct place *p, const struct pack *k,
		  const struct classes *classes)
{
	const struct pack_cfg *cfg = &k->cfg;

	if (p->npacks == PLACE_PACKS_MAX || narrow_rules(p, k, classes) != 0)
		return -ENOSPC;
	p->packs[p->npacks++] = k;
	p->confirm_within_ms =
		sooner(p->confirm_within_ms, cfg->confirm_within);
	p->transaction_within_ms =
		sooner(p->transaction_within_ms, cfg->transaction_within);
	p->revoke_all_ms = MIN(p->revoke_all_ms, k->revoke_all_ms);
	p->honour_days = MIN(p->honour_days, cfg->honour_days);
	p->ledger_keep_ms = MAX(p->ledger_keep_ms, cfg->ledger_keep);
	p->content_keep_ms = MAX(p->content_keep_ms, cfg->content_keep);
	return 0;
}

static struct place *place_new(void)
{
	struct place *p = mem_new(struct place);

	for (unsigned n = 0; n < CLASS_NATURES; n++)
		p->rules[n].hours = HOURS_ALL_DAY;
	p->revoke_all_ms = INT64_MAX;
	p->honour_days = 30;
	return p;
}

static void place_free(struct place *p)
{
	mem_free(p->label);
	mem_free(p);
}

/* The packs of everywhere go without saying. */
static void make_label(struct place *p)
{
	struct buf b = { 0 };

	buf_init(&b, 1024);
	for (unsigned i = 0; i < p->npacks; i++) {
		if (!setting_list_has(&p->packs[i]->cfg.countries, STR("*")))
			buf_f(&b, "%s%s", b.len > 0 ? ", " : "",
			      p->packs[i]->label);
	}
	mem_free(p->label);
	p->label = buf_take(&b);
	buf_done(&b);
}

/* All that the packs say of these digits: a calling code, then an area code
 * or nothing. */
static int fill(struct place *p, const struct packs *packs,
		const struct classes *classes, struct str code, struct str area)
{
	for (unsigned i = 0; i < packs_len(packs); i++) {
		const struct pack *k = packs_at(packs, i);
		const struct pack_cfg *cfg = &k->cfg;

		if (!setting_list_has(&cfg->countries, STR("*")) &&
		    !setting_list_has(&cfg->countries, code))
			continue;
		if (cfg->areas.len > 0 && !setting_list_has(&cfg->areas, area))
			continue;
		if (narrow(p, k, classes) != 0)
			return -ENOSPC;
	}
	make_label(p);
	return 0;
}

/* All candidates must be known, or none is certain. */
static void find_zones(struct place *p, struct str code)
{
	const char *names[PLACE_ZONES_MAX];
	unsigned n = tzone_of_country(code, names);

	for (unsigned i = 0; i < n; i++) {
		p->zones[i] = tzone_get(str_of(names[i]));
		if (p->zones[i] == NULL)
			return;
	}
	p->nzones = n;
}

static int put_area(struct places *ps, const struct packs *packs,
		    const struct classes *classes, struct place *country,
		    struct str code, const char *area)
{
	char digits[16];
	struct place *p;

	(void)snprintf(digits, sizeof(digits), "%.*s%s", STR_ARGS(code), area);
	if (map_ptr(ps->map, key_of(str_of(digits))) != NULL)
		return 0;
	p = place_new();
	memcpy(p->zones, country->zones, sizeof(p->zones));
	p->nzones = country->nzones;
	map_set_ptr(ps->map, key_of(str_of(digits)), p);
	country->area_len = MAX(country->area_len, (unsigned)strlen(area));
	return fill(p, packs, classes, code, str_of(area));
}

static int put_areas(struct places *ps, const struct packs *packs,
		     const struct classes *classes, struct place *country,
		     struct str code)
{
	for (unsigned i = 0; i < packs_len(packs); i++) {
		const struct pack_cfg *cfg = &packs_at(packs, i)->cfg;

		if (!setting_list_has(&cfg->countries, code))
			continue;
		for (size_t k = 0; k < cfg->areas.len; k++) {
			if (put_area(ps, packs, classes, country, code,
				     cfg->areas.v[k]) != 0)
				return -ENOSPC;
		}
	}
	return 0;
}

static int put_country(struct places *ps, const struct packs *packs,
		       const struct classes *classes, struct str code)
{
	const char *names[PLACE_ZONES_MAX];
	bool meant = tzone_of_country(code, names) > 0;
	struct place *p;

	for (unsigned i = 0; i < packs_len(packs) && !meant; i++)
		meant = setting_list_has(&packs_at(packs, i)->cfg.countries,
					 code);
	if (!meant)
		return 0;
	p = place_new();
	map_set_ptr(ps->map, key_of(code), p);
	find_zones(p, code);
	if (fill(p, packs, classes, code, STR_NONE) != 0)
		return -ENOSPC;
	return put_areas(ps, packs, classes, p, code);
}

static void make_version(struct places *ps, const struct packs *packs,
			 const struct classes *classes)
{
	struct buf b = { 0 }, hex = { 0 };
	uint8_t digest[32];

	buf_init(&b, 64);
	buf_init(&hex, 64);
	buf_str_put(&b, classes_version(classes));
	buf_str_put(&b, packs_version(packs));
	secret_sha256(buf_str(&b), digest);
	secret_hex(digest, 4, &hex);
	IGNORE(str_copy(ps->version, sizeof(ps->version), buf_str(&hex)));
	buf_done(&hex);
	buf_done(&b);
}

int places_new(struct places **out, const struct packs *packs,
	       const struct classes *classes, struct faults *faults)
{
	int rc;

	must(out != NULL && packs != NULL && classes != NULL);
	AUTO(places_free) struct places *ps = mem_new(struct places);
	ps->map = map_new();
	ps->everywhere = place_new();
	rc = fill(ps->everywhere, packs, classes, STR_NONE, STR_NONE);
	for (unsigned code = 1; code <= 999 && rc == 0; code++) {
		char digits[8];

		(void)snprintf(digits, sizeof(digits), "%u", code);
		rc = put_country(ps, packs, classes, str_of(digits));
	}
	if (rc != 0) {
		faults_add(faults,
			   "more than %d packs or %d caps are for one number",
			   PLACE_PACKS_MAX, PLACE_CAPS_MAX);
		return rc;
	}
	make_version(ps, packs, classes);
	*out = TAKE(ps);
	return 0;
}

void places_free(struct places **pp)
{
	struct places *ps = *pp;
	uint64_t key, value;
	size_t pos = 0;

	if (ps == NULL)
		return;
	while (map_next(ps->map, &pos, &key, &value))
		place_free((struct place *)(uintptr_t)value);
	map_free(&ps->map);
	place_free(ps->everywhere);
	mem_free(ps);
	*pp = NULL;
}

const struct place *places_of(const struct places *ps, struct str address)
{
	const struct place *country, *area = NULL;
	struct str code;

	must(ps != NULL);
	if (address.len == 0 || address.p[0] != '+')
		return ps->everywhere;
	code = e164_country(address);
	country = map_ptr(ps->map, key_of(code));
	if (country == NULL)
		return ps->everywhere;
	for (unsigned n = country->area_len; n > 0 && area == NULL; n--) {
		if (address.len >= 1 + code.len + n)
			area = map_ptr(ps->map,
				       key_of(str_bytes(address.p + 1,
							code.len + n)));
	}
	return area != NULL ? area : country;
}

struct str places_version(const struct places *ps)
{
	must(ps != NULL);
	return str_of(ps->version);
}

const struct pack *place_refuses_source(const struct place *p,
					struct str source)
{
	must(p != NULL);
	for (unsigned i = 0; i < p->npacks; i++) {
		if (setting_list_has(&p->packs[i]->cfg.refused_sources, source))
			return p->packs[i];
	}
	return NULL;
}

const struct pack *place_wants_wording(const struct place *p)
{
	must(p != NULL);
	for (unsigned i = 0; i < p->npacks; i++) {
		if (p->packs[i]->cfg.grant_wording)
			return p->packs[i];
	}
	return NULL;
}

enum pack_word place_word(const struct place *p, struct str reply)
{
	AUTO(buf_done) struct buf folded = { 0 };
	enum pack_word found = PACK_WORD_NONE;

	must(p != NULL);
	buf_init(&folded, BUF_NO_LIMIT);
	if (reply.len > 4 * PACK_WORD_MAX ||
	    text_fold(reply, true, &folded) != 0)
		return PACK_WORD_NONE;
	for (unsigned i = 0; i < p->npacks && found != PACK_WORD_STOP; i++) {
		enum pack_word w =
			p->packs[i]->words == NULL
				? PACK_WORD_NONE
				: (enum pack_word)(
					  uintptr_t)dict_get(p->packs[i]->words,
							     buf_str(&folded));

		if (w == PACK_WORD_STOP || found == PACK_WORD_NONE)
			found = w;
	}
	return found;
}
