/* Words every file uses: must(), ownership marks, checked casts, small sums. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * must(x) states what only a bug can break. It is compiled into every variant
 * and ends the process with file, line, the text of x and a backtrace.
 * Never use it on anything a peer, a file, a clock or a user said.
 */
#define must(x) ((x) ? (void)0 : must_fail(__FILE__, __LINE__, __func__, #x))

/* Ends the process; never returns. Called by must() only. */
_Noreturn void must_fail(const char *file, int line, const char *func,
			 const char *what);
/* fn runs before the process ends (the log flushes). One; NULL removes it. */
void must_at_fail(void (*fn)(void));

/* The result may not be ignored; IGNORE(call) says "on purpose". */
#define MUST_USE __attribute__((warn_unused_result))
#define IGNORE(call) ((void)!(call))

/* AUTO(x_close) struct x *v: x_close(&v) runs when v leaves its scope. */
#define AUTO(close_fn) __attribute__((cleanup(close_fn)))

/* TAKE(p): gives p away and clears it, so that AUTO finds NULL. */
#define TAKE(p)                                 \
	({                                      \
		__typeof__(p) take_value = (p); \
		(p) = NULL;                     \
		take_value;                     \
	})

#define UNUSED __attribute__((unused))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

#define BIT(n) (1u << (n))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
/* <sys/param.h>, which <uv.h> brings, has its own. */
#undef MIN
#undef MAX
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* The struct that holds member m at address p. */
#define CONTAINER_OF(p, type, m) ((type *)((char *)(p)-offsetof(type, m)))

/*
 * An object that travels through a void * begins with `uint32_t magic`.
 * MAGIC_CAST(struct x, X_MAGIC, ptr) checks it and gives a struct x *.
 */
#define MAGIC_CAST(type, magic_value, p)                 \
	({                                               \
		type *magic_obj = (type *)(p);           \
		must(magic_obj != NULL);                 \
		must(magic_obj->magic == (magic_value)); \
		magic_obj;                               \
	})
