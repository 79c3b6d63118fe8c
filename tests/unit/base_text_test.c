/* Text and bytes: str, err, buf and its reader, mem. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

static const struct {
	const char *in;
	uint64_t max;
	int rc;
	uint64_t v;
} numbers[] = {
	{ "0", 0, 0, 0 },
	{ "007", 7, 0, 7 },
	{ "65535", UINT16_MAX, 0, 65535 },
	{ "65536", UINT16_MAX, -ERANGE, 0 },
	{ "18446744073709551615", UINT64_MAX, 0, UINT64_MAX },
	{ "18446744073709551616", UINT64_MAX, -ERANGE, 0 },
	{ "99999999999999999999999", UINT64_MAX, -ERANGE, 0 },
	{ "99999999999999999999999x", UINT64_MAX, -EBADMSG, 0 },
	{ "", 9, -EBADMSG, 0 },
	{ "-1", 9, -EBADMSG, 0 },
	{ " 1", 9, -EBADMSG, 0 },
	{ "1 ", 9, -EBADMSG, 0 },
};

static void str_numbers(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		uint64_t v = 77;
		assert_int_equal(str_u64(str_of(numbers[i].in), numbers[i].max,
					 &v),
				 numbers[i].rc);
		assert_int_equal(v, numbers[i].rc < 0 ? 77 : numbers[i].v);
	}
}

static void str_views(void **state UNUSED)
{
	struct str head, rest;

	assert_true(str_eqz(str_trim(STR(" \t a b\r\n")), "a b"));
	assert_true(str_eqz(str_trim(STR(" \n")), ""));
	assert_true(str_eq(str_of(NULL), STR_NONE));
	assert_true(str_ieqz(STR("AbC-1"), "aBc-1"));
	assert_false(str_ieqz(STR("abc"), "abcd"));
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_false(str_starts(STR("a"), STR("ab")));
	assert_true(str_eqz(str_from(STR("abc"), 9), ""));
	assert_true(str_eqz(str_first(STR("abc"), 9), "abc"));

	rest = str_cut(STR("k=v=w"), '=', &head);
	assert_true(str_eqz(head, "k") && str_eqz(rest, "v=w"));
	rest = str_cut(STR("k="), '=', &head);
	assert_true(str_eqz(head, "k") && rest.len == 0);
	rest = str_cut(STR("k"), '=', &head);
	assert_true(str_eqz(head, "k") && rest.len == 0);
}

static void str_copies(void **state UNUSED)
{
	char four[4];

	assert_int_equal(str_copy(four, sizeof(four), STR("abc")), 0);
	assert_string_equal(four, "abc");
	assert_int_equal(str_copy(four, sizeof(four), STR("abcd")), -ENOSPC);
	assert_string_equal(four, "");
	assert_int_equal(str_copy(four, sizeof(four), str_of(NULL)), 0);

	AUTO(mem_clear) char *z = str_z(str_bytes("ab\0c", 4));
	assert_memory_equal(z, "ab\0c", 5);
}

/* All lengths and each single bit must count. */
static void str_hashes(void **state UNUSED)
{
	uint64_t seen[41];
	char bytes[40] = { 0 };

	for (size_t n = 0; n <= sizeof(bytes); n++) {
		seen[n] = str_hash(str_bytes(bytes, n));
		for (size_t i = 0; i < n; i++)
			assert_int_not_equal(seen[i], seen[n]);
		for (size_t bit = 0; bit < n * 8; bit++) {
			bytes[bit / 8] ^= (char)(1 << bit % 8);
			assert_int_not_equal(str_hash(str_bytes(bytes, n)),
					     seen[n]);
			bytes[bit / 8] ^= (char)(1 << bit % 8);
		}
		assert_int_equal(str_hash(str_bytes(bytes, n)), seen[n]);
	}
}

/* Flipping one bit of the input changes about half of the low 16 bits. */
static void str_hash_spreads(void **state UNUSED)
{
	unsigned flips = 0;
	const unsigned rounds = 4096;

	for (uint64_t i = 0; i < rounds; i++) {
		uint64_t a = i, b = i ^ (UINT64_C(1) << i % 64);
		uint64_t x =
			str_hash(str_bytes(&a, 8)) ^ str_hash(str_bytes(&b, 8));
		flips += (unsigned)__builtin_popcountll(x & 0xffff);
	}
	assert_in_range(flips, rounds * 15 / 2, rounds * 17 / 2);
}

static void errors(void **state UNUSED)
{
	struct err e;
	struct err long_one;

	assert_int_equal(err_set(&e, -EINVAL, "port %d", 7), -EINVAL);
	assert_string_equal(e.text, "port 7");
	err_prefix(&e, "%s:%d", "f", 3);
	assert_string_equal(e.text, "f:3: port 7");
	assert_int_equal(err_set(NULL, -ENOENT, "x"), -ENOENT);
	err_prefix(NULL, "x");

	assert_int_equal(err_set(&long_one, -1, "%0*d", 1000, 7), -1);
	assert_int_equal(strlen(long_one.text), sizeof(e.text) - 1);
	err_prefix(&long_one, "%0*d", 1000, 7);
	assert_int_equal(strlen(long_one.text), sizeof(e.text) - 1);
	err_prefix(&long_one, "ab");
	assert_memory_equal(long_one.text, "ab: 000", 7);

	assert_string_equal(err_name(-ENOSPC), "no space");
	assert_string_equal(err_name(-ENOENT), "not found");
	assert_string_equal(err_name(-EDOM),
			    "Numerical argument out of domain");
	assert_string_equal(err_name(-99999), "unknown error");
	assert_string_equal(err_name(7), "unknown error");
}

static void buf_writes(void **state UNUSED)
{
	struct buf b;

	buf_init(&b, BUF_NO_LIMIT);
	assert_string_equal(b.p, "");
	buf_z(&b, "ab");
	buf_c(&b, 'c');
	buf_f(&b, "-%05d-", 42);
	buf_str_put(&b, STR("de"));
	buf_put(&b, NULL, 0);
	assert_string_equal(b.p, "abc-00042-de");
	buf_eat(&b, 4);
	assert_string_equal(b.p, "00042-de");
	for (int i = 0; i < 1000; i++)
		buf_f(&b, "%04d", i);
	assert_int_equal(b.len, 4008);
	assert_memory_equal(b.p + 8 + 999 * 4, "0999", 5);

	AUTO(mem_clear) char *taken = buf_take(&b);
	assert_int_equal(strlen(taken), 4008);
	assert_string_equal(b.p, "");
	buf_done(&b);
	buf_done(&b);
}

/* Once refused, nothing more is written: no holes. */
static void buf_limits(void **state UNUSED)
{
	struct buf b;

	buf_init(&b, 5);
	buf_z(&b, "abc");
	buf_f(&b, "%s", "defg");
	assert_true(b.full);
	assert_string_equal(b.p, "abc");
	buf_c(&b, 'x');
	assert_string_equal(b.p, "abc");
	assert_null(buf_room(&b, 1));
	buf_reset(&b);
	assert_false(b.full);
	buf_z(&b, "12345");
	assert_false(b.full);
	assert_string_equal(b.p, "12345");
	buf_u8(&b, 1);
	assert_true(b.full);
	buf_done(&b);

	buf_init(&b, BUF_NO_LIMIT);
	assert_null(buf_room(&b, SIZE_MAX));
	buf_done(&b);
}

static const uint64_t varints[] = {
	0, 1, 127, 128, 16383, 16384, UINT32_MAX, UINT64_MAX >> 1, UINT64_MAX
};

static void bytes_round(void **state UNUSED)
{
	struct buf b;

	buf_init(&b, BUF_NO_LIMIT);
	buf_u8(&b, 0xab);
	buf_u16(&b, 0x0102);
	buf_u32(&b, 0x01020304);
	buf_u64(&b, 0x0102030405060708);
	assert_memory_equal(b.p, "\xab\1\2\1\2\3\4\1\2\3\4\5\6\7\x8", 15);
	for (size_t i = 0; i < ARRAY_LEN(varints); i++)
		buf_varint(&b, varints[i]);
	buf_lstr(&b, STR("hello"));
	buf_lstr(&b, STR_NONE);

	struct bufr r = bufr_of(b.p, b.len);
	assert_int_equal(bufr_u8(&r), 0xab);
	assert_int_equal(bufr_u16(&r), 0x0102);
	assert_int_equal(bufr_u32(&r), 0x01020304);
	assert_int_equal(bufr_u64(&r), 0x0102030405060708);
	for (size_t i = 0; i < ARRAY_LEN(varints); i++)
		assert_int_equal(bufr_varint(&r), varints[i]);
	assert_true(str_eqz(bufr_lstr(&r), "hello"));
	assert_int_equal(bufr_lstr(&r).len, 0);
	assert_int_equal(bufr_left(&r), 0);
	assert_false(r.bad);

	/* Cut anywhere, it is bad and gives zeros from there. */
	for (size_t n = 0; n < b.len; n++) {
		struct bufr cut = bufr_of(b.p, n);
		(void)bufr_bytes(&cut, 15);
		for (size_t i = 0; i < ARRAY_LEN(varints); i++)
			(void)bufr_varint(&cut);
		(void)bufr_lstr(&cut);
		(void)bufr_lstr(&cut);
		assert_true(cut.bad);
		assert_int_equal(bufr_u64(&cut), 0);
		assert_int_equal(bufr_left(&cut), 0);
	}
	buf_done(&b);
}

static const struct {
	const char *bytes;
	size_t len;
	bool bad;
} wire[] = {
	{ "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 10, false },
	{ "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02", 10, true },
	{ "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11, true },
	{ "\x80", 1, true },
	{ "", 0, true },
};

static void varints_hostile(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(wire); i++) {
		struct bufr r = bufr_of(wire[i].bytes, wire[i].len);
		(void)bufr_varint(&r);
		assert_int_equal(r.bad, wire[i].bad);
	}

	/* A length far past the end. */
	struct bufr r =
		bufr_of("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01zz", 12);
	assert_int_equal(bufr_lstr(&r).len, 0);
	assert_true(r.bad);
	r = bufr_of("ab", 2);
	assert_int_equal(bufr_bytes(&r, SIZE_MAX).len, 0);
	assert_true(r.bad);
}

static void memory(void **state UNUSED)
{
	size_t before = mem_live_blocks();
	void *a = mem_zalloc(0);
	void *b = mem_array(3, 5);
	char *c = str_dup("x");

	assert_null(str_dup(NULL));
	a = mem_resize(a, 100);
	void *d = mem_resize(NULL, 1);
	assert_int_equal(mem_live_blocks(), before + 4);
	assert_memory_equal(b, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
	mem_free(a);
	mem_free(b);
	mem_free(d);
	mem_free(NULL);
	mem_clear(&c);
	assert_null(c);
	mem_clear(&c);
	assert_int_equal(mem_live_blocks(), before);
}

static int no_leaks(void **state UNUSED)
{
	return mem_live_blocks() == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(str_numbers),
		cmocka_unit_test(str_views),
		cmocka_unit_test(str_copies),
		cmocka_unit_test(str_hashes),
		cmocka_unit_test(str_hash_spreads),
		cmocka_unit_test(errors),
		cmocka_unit_test(buf_writes),
		cmocka_unit_test(buf_limits),
		cmocka_unit_test(bytes_round),
		cmocka_unit_test(varints_hostile),
		cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests(tests, NULL, no_leaks);
}
