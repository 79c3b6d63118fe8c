/* Who asks, and how the addresses of people look to them. */
#include "console/who.h"

#include <errno.h>
#include <string.h>

#include "base/secret.h"
#include "console/mask.h"
#include "proto/json.h"

void who_settle(struct who *w)
{
	char id[ID_TEXT];

	must(w != NULL && w->kind != WHO_NOBODY && w->roles != 0);
	id_text(w->id, id);
	snprintf(w->actor, sizeof(w->actor), "%s:%s",
		 w->kind == WHO_USER ? "user" : "key", id);
	w->perms = 0;
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if ((w->roles & BIT(i)) != 0)
			w->perms |= role_perms((enum role)i);
	}
}

bool who_may(const struct who *w, uint64_t perms)
{
	must(w != NULL);
	return w->kind != WHO_NOBODY && (w->perms & perms) == perms;
}

bool who_is(const struct who *w, enum role r)
{
	must(w != NULL && (unsigned)r < ROLE_COUNT);
	return (w->roles & BIT(r)) != 0;
}

void who_roles_put(struct buf *b, uint32_t roles)
{
	const char *space = "";

	must(b != NULL);
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if ((roles & BIT(i)) == 0)
			continue;
		buf_z(b, space);
		buf_z(b, role_name((enum role)i));
		space = " ";
	}
}

int who_roles_parse(struct str s, uint32_t *roles)
{
	uint32_t got = 0;
	struct str one;

	must(roles != NULL);
	while (s.len > 0) {
		enum role r;

		s = str_cut(s, ' ', &one);
		if (role_parse(one, &r) != 0)
			return -EBADMSG;
		got |= BIT(r);
	}
	*roles = got;
	return 0;
}

void who_know(struct who *w, const uint8_t pseudonym_key[PSEUDONYM_KEY])
{
	must(w != NULL && pseudonym_key != NULL);
	if (who_is(w, ROLE_PARTNER))
		memcpy(w->pseudonym_key, pseudonym_key, PSEUDONYM_KEY);
	else
		memset(w->pseudonym_key, 0, PSEUDONYM_KEY);
}

/* ---- addresses of people -------------------------------------------------- */

bool who_pseudonymous(const struct who *w)
{
	return who_is(w, ROLE_PARTNER);
}

bool who_reads_words(const struct who *w)
{
	return !who_pseudonymous(w) &&
	       (who_may(w, PERM_CONTACT_FULL) || who_may(w, PERM_SEND));
}

/* 64 bits are enough: a million contacts meet once in thirty million such
 * sets. A tenant's pseudonyms tell nothing of another's. */
static void pseudonym_put(struct buf *b, const struct who *w, struct str tenant,
			  struct str address)
{
	AUTO(buf_done) struct buf both = { 0 };
	uint8_t hash[32];
	uint64_t head = 0;
	char text[ID_TEXT];

	buf_init(&both, BUF_NO_LIMIT);
	buf_lstr(&both, tenant);
	buf_str_put(&both, address);
	secret_keyed(str_bytes(w->pseudonym_key, PSEUDONYM_KEY), buf_str(&both),
		     hash);
	for (unsigned i = 0; i < 8; i++)
		head = head << 8 | hash[i];
	id_text(head, text);
	buf_z(b, "p_");
	buf_z(b, text);
}

void who_address_put(struct buf *b, const struct who *w, struct str tenant,
		     struct str address)
{
	must(b != NULL && w != NULL);
	if (who_may(w, PERM_CONTACT_FULL))
		buf_str_put(b, address);
	else if (who_pseudonymous(w) && address.len > 0)
		pseudonym_put(b, w, tenant, address);
	else
		mask_put(b, address);
}

void who_address_json(struct buf *b, const struct who *w, struct str tenant,
		      struct str address)
{
	AUTO(buf_done) struct buf text = { 0 };

	buf_init(&text, BUF_NO_LIMIT);
	who_address_put(&text, w, tenant, address);
	json_s(b, buf_str(&text));
}
