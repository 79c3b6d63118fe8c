/*
 * Passwords, hashed and compared in libuv's pool: so many at once, and a
 * queue before them. The texts are copied and wiped.
 */
#pragma once

#include <stdbool.h>

#include "base/loop.h"
#include "base/secret.h"
#include "console/login_cfg.h"

struct passwords;

/* What was done, for as long as the call lasts. */
struct password_answer {
	int rc;           /* 0; -ENOMEM; -EAGAIN: closed meanwhile */
	bool right;       /* `given` is the password */
	const char *hash; /* of `fresh`, or of `given` if its old hash was
			     made with other work; "": none */
};

struct password_ask {
	const char *against; /* hash; NULL: nobody's, and never right */
	struct str given;    /* "": nothing to compare */
	struct str fresh;    /* to be hashed, if `given` is right */
	void (*done)(void *owner, const struct password_answer *a);
	void *owner;
};

#define PASSWORD_MAX 256

struct passwords *passwords_new(struct loop *loop, const struct login_cfg *cfg);
/* Those that wait are answered with -EAGAIN; those that are being hashed
 * later, from the loop. */
void passwords_free(struct passwords **pp);
/* -EAGAIN: the queue is full; done is not called. */
MUST_USE int passwords_ask(struct passwords *p, const struct password_ask *a);
