/* Digests against published vectors; base64, keys, randomness. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/secret.h"

static void assert_hex(const uint8_t *p, size_t len, const char *want)
{
	struct buf b;

	buf_init(&b, BUF_NO_LIMIT);
	secret_hex(p, len, &b);
	assert_string_equal(b.p, want);
	buf_done(&b);
}

/* FIPS 180-2 */
static void sha256(void **state UNUSED)
{
	uint8_t out[32];

	secret_sha256(STR("abc"), out);
	assert_hex(out, 32,
		   "ba7816bf8f01cfea414140de5dae2223"
		   "b00361a396177a9cb410ff61f20015ad");
	secret_sha256(STR_NONE, out);
	assert_hex(out, 32,
		   "e3b0c44298fc1c149afbf4c8996fb924"
		   "27ae41e4649b934ca495991b7852b855");
}

/* RFC 4231, cases 1, 2 and 6 (a key longer than the block) */
static void hmac(void **state UNUSED)
{
	char key[131];
	uint8_t out[32];

	memset(key, 0x0b, 20);
	secret_hmac_sha256(str_bytes(key, 20), STR("Hi There"), out);
	assert_hex(out, 32,
		   "b0344c61d8db38535ca8afceaf0bf12b"
		   "881dc200c9833da726e9376c2e32cff7");
	secret_hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"),
			   out);
	assert_hex(out, 32,
		   "5bdcc146bf60754e6a042426089575c7"
		   "5a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	secret_hmac_sha256(
		str_bytes(key, sizeof(key)),
		STR("Test Using Larger Than Block-Size Key - Hash Key First"),
		out);
	assert_hex(out, 32,
		   "60e431591ee0b67f0d8a26aacbf5b77f"
		   "8e0bc6213728c5140546040f0ee37f54");
	secret_hmac_sha256(STR_NONE, STR_NONE, out);
	assert_hex(out, 32,
		   "b613679a0814d9ec772f95d778c35fc5"
		   "ff1697c493715653c6c712144292c5ad");
}

/* Any length of key counts, and each of its bytes. */
static void keyed(void **state UNUSED)
{
	uint8_t a[32], b[32];
	char key[64] = { 0 };

	for (size_t n = 1; n <= sizeof(key); n++) {
		secret_keyed(str_bytes(key, n), STR("x"), a);
		key[n - 1] = 1;
		secret_keyed(str_bytes(key, n), STR("x"), b);
		key[n - 1] = 0;
		assert_memory_not_equal(a, b, 32);
		secret_keyed(str_bytes(key, n), STR("y"), b);
		assert_memory_not_equal(a, b, 32);
	}
}

/* RFC 4648 and what must be refused. */
static const struct {
	const char *plain;
	const char *coded; /* what is given */
	int rc;
} base64[] = {
	{ "", "", 0 },
	{ "f", "Zg==", 0 },
	{ "fo", "Zm8=", 0 },
	{ "foo", "Zm9v", 0 },
	{ "foob", "Zm9vYg==", 0 },
	{ "\xfb\xff\xfe", "+//+", 0 },
	{ NULL, "Zg", -EBADMSG },
	{ NULL, "Zg=", -EBADMSG },
	{ NULL, "Zh==", -EBADMSG }, /* bits that are not there */
	{ NULL, "Zm9v=", -EBADMSG },
	{ NULL, "Zm9v\n", -EBADMSG },
	{ NULL, "-__-", -EBADMSG },
	{ NULL, "Z", -EBADMSG },
	{ NULL, "====", -EBADMSG },
};

static void base64_both_ways(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(base64); i++) {
		struct buf b;
		const char *plain = base64[i].plain;
		buf_init(&b, BUF_NO_LIMIT);
		buf_z(&b, "x");
		assert_int_equal(secret_base64_decode(str_of(base64[i].coded),
						      &b),
				 base64[i].rc);
		assert_string_equal(b.p + 1, plain != NULL ? plain : "");
		if (plain != NULL) {
			buf_reset(&b);
			secret_base64((const uint8_t *)plain, strlen(plain),
				      &b);
			assert_string_equal(b.p, base64[i].coded);
			assert_int_equal(b.len, strlen(b.p));
		}
		buf_done(&b);
	}
}

static void comparing(void **state UNUSED)
{
	assert_true(secret_eq(STR("abc"), STR("abc")));
	assert_false(secret_eq(STR("abc"), STR("abd")));
	assert_false(secret_eq(STR("abc"), STR("ab")));
	assert_true(secret_eq(STR_NONE, str_of(NULL)));
}

static void keys(void **state UNUSED)
{
	char a[64], b[64], zero[64] = { 0 };
	unsigned seen = 0;

	secret_api_key(a);
	secret_api_key(b);
	assert_int_equal(strlen(a), 46);
	assert_memory_equal(a, "ck_", 3);
	assert_string_not_equal(a, b);
	assert_int_equal(strspn(a + 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl"
				       "mnopqrstuvwxyz0123456789-_"),
			 43);
	for (int i = 0; i < 2000; i++) {
		uint32_t r = secret_random_below(7);
		assert_in_range(r, 0, 6);
		seen |= BIT(r);
	}
	assert_int_equal(seen, BIT(7) - 1);
	secret_wipe(a, sizeof(a));
	assert_memory_equal(a, zero, sizeof(a));
	secret_random(NULL, 0);
	assert_int_equal(mem_live_blocks(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256),    cmocka_unit_test(hmac),
		cmocka_unit_test(keyed),     cmocka_unit_test(base64_both_ways),
		cmocka_unit_test(comparing), cmocka_unit_test(keys),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
