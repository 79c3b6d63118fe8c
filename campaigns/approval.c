/* Hashes that hold an approval together. */
#include "campaigns/approval.h"

#include <string.h>

#include "base/mem.h"
#include "base/secret.h"

static void hex(const uint8_t digest[32], char out[65])
{
	struct buf b = { 0 };

	buf_init(&b, 64);
	secret_hex(digest, 32, &b);
	IGNORE(str_copy(out, 65, buf_str(&b)));
	buf_done(&b);
}

static void hash_group(const struct spec *s, const char *group, char out[65])
{
	struct buf b = { 0 };
	uint8_t digest[32];

	buf_init(&b, BUF_NO_LIMIT);
	form_encode_group(&spec_form, s, group, &b);
	secret_sha256(buf_str(&b), digest);
	hex(digest, out);
	buf_done(&b);
}

/* What is said: the text, and the version of a survey where it asks one. */
void approval_content(const struct spec *s, char out[65])
{
	char parts[2][65];
	struct buf b = { 0 };
	uint8_t digest[32];

	hash_group(s, SPEC_CONTENT, parts[0]);
	if (s->survey == NULL) {
		memcpy(out, parts[0], sizeof(parts[0]));
		return;
	}
	hash_group(s, "survey", parts[1]);
	buf_init(&b, BUF_NO_LIMIT);
	buf_lstr(&b, str_of(parts[0]));
	buf_lstr(&b, str_of(parts[1]));
	secret_sha256(buf_str(&b), digest);
	hex(digest, out);
	buf_done(&b);
}

bool approval_of_audience(const struct campaign *m)
{
	return m->spec.schedule == SCHEDULE_FIXED ||
	       m->spec.schedule == SCHEDULE_LOCAL;
}

bool approval_same_audience(const struct campaign *m, const uint8_t hash[32],
			    char out[65])
{
	hex(hash, out);
	return str_eqz(str_of(m->life.audience_hash), out);
}

static void bound(const struct campaign *m, char out[65])
{
	char parts[3][65];
	struct buf b = { 0 };
	uint8_t digest[32];

	approval_content(&m->spec, parts[0]);
	hash_group(&m->spec, SPEC_SCHEDULE, parts[1]);
	hash_group(&m->spec, "audience", parts[2]);
	buf_init(&b, BUF_NO_LIMIT);
	for (unsigned i = 0; i < 3; i++)
		buf_lstr(&b, str_of(parts[i]));
	buf_lstr(&b, str_of(m->life.audience_hash));
	buf_lstr(&b, str_of(m->life.rules));
	if (m->life.filter != NULL)
		buf_lstr(&b, str_of(m->life.filter));
	if (m->life.branch != NULL)
		buf_lstr(&b, str_of(m->life.branch));
	secret_sha256(buf_str(&b), digest);
	hex(digest, out);
	buf_done(&b);
}

void approval_bind(const struct campaigns *c, struct campaign *m)
{
	char digest[65];

	must(c != NULL && m != NULL);
	form_set(&m->life.rules, classes_version(gateway_classes(c->gateway)));
	bound(m, digest);
	form_set(&m->life.bound, str_of(digest));
}

const char *approval_broken(const struct campaigns *c, const struct campaign *m)
{
	char digest[65];

	must(c != NULL && m != NULL);
	bound(m, digest);
	if (!str_eqz(str_of(m->life.bound), digest))
		return "content";
	if (!str_eq(str_of(m->life.rules),
		    classes_version(gateway_classes(c->gateway))))
		return "rule_pack_changed";
	return NULL;
}
