/* Who asks: actor, permissions, and what they see of an address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/secret.h"
#include "console/who.h"

#define NUMBER STR("+447700900001")

static struct who who_of(enum who_kind kind, uint32_t roles)
{
	struct who w = { .kind = kind, .id = 7, .roles = roles };

	who_settle(&w);
	return w;
}

static void actors_are_ids_not_names(void **state)
{
	struct who key = who_of(WHO_KEY, BIT(ROLE_SENDER));
	struct who user = who_of(WHO_USER, BIT(ROLE_SENDER));

	(void)state;
	assert_string_equal(key.actor, "key:0000000000007");
	assert_string_equal(user.actor, "user:0000000000007");
}

static void several_roles_add_up(void **state)
{
	struct who w =
		who_of(WHO_USER, BIT(ROLE_MARKETER) | BIT(ROLE_APPROVER));
	struct who nobody = { 0 };
	AUTO(buf_done) struct buf b = { 0 };

	(void)state;
	buf_init(&b, 256);
	who_roles_put(&b, w.roles);
	assert_string_equal(b.p, "marketer approver");
	assert_int_equal(w.perms,
			 role_perms(ROLE_MARKETER) | role_perms(ROLE_APPROVER));
	assert_true(who_may(&w, PERM_CONTACT_READ | PERM_CONTACT_WRITE));
	assert_false(who_may(&w, PERM_CONTACT_READ | PERM_KEYS));
	assert_false(who_may(&nobody, 0));
}

static const char *seen(const struct who *w, struct str tenant,
			struct str address)
{
	static char text[64];
	AUTO(buf_done) struct buf b = { 0 };

	buf_init(&b, 64);
	who_address_put(&b, w, tenant, address);
	must(str_copy(text, sizeof(text), buf_str(&b)) == 0);
	return text;
}

static void r01_r09_addresses_by_role(void **state)
{
	struct who care = who_of(WHO_USER, BIT(ROLE_CARE));
	struct who agent = who_of(WHO_USER, BIT(ROLE_AGENT));
	struct who partner = who_of(WHO_KEY, BIT(ROLE_PARTNER));
	char first[64];

	(void)state;
	assert_string_equal(seen(&care, STR("t"), NUMBER), "+447700900001");
	assert_string_equal(seen(&agent, STR("t"), NUMBER), "+447…**01");
	must(str_copy(first, sizeof(first),
		      str_of(seen(&partner, STR("t"), NUMBER))) == 0);
	assert_int_equal(strlen(first), 15);
	assert_memory_equal(first, "p_", 2);
	/* The same again; another one for another tenant, number or key. */
	assert_string_equal(seen(&partner, STR("t"), NUMBER), first);
	assert_string_not_equal(seen(&partner, STR("u"), NUMBER), first);
	assert_string_not_equal(seen(&partner, STR("t"), STR("+447700900002")),
				first);
	assert_string_not_equal(seen(&partner, STR("t+"), STR("447700900001")),
				first);
	partner.pseudonym_key[31] = 1;
	assert_string_not_equal(seen(&partner, STR("t"), NUMBER), first);
	assert_string_equal(seen(&partner, STR("t"), STR_NONE), "");
}

static void addresses_as_json(void **state)
{
	struct who agent = who_of(WHO_USER, BIT(ROLE_AGENT));
	AUTO(buf_done) struct buf b = { 0 };

	(void)state;
	buf_init(&b, 64);
	who_address_json(&b, &agent, STR("t"), NUMBER);
	assert_string_equal(b.p, "\"+447…**01\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(actors_are_ids_not_names),
		cmocka_unit_test(several_roles_add_up),
		cmocka_unit_test(r01_r09_addresses_by_role),
		cmocka_unit_test(addresses_as_json),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
