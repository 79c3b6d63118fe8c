/* The doors where other systems bind by SMPP: what they submit goes to
 * intake, and what becomes of it, and what customers write to their numbers,
 * goes back to them. */
#pragma once

#include "base/err.h"
#include "base/loop.h"
#include "base/settings.h"
#include "gateway/gateway.h"

struct esme;

/* Of the sections `smpp_server`: faults "line 12: what". Opens nothing. */
void esme_check_settings(const struct settings *s, struct faults *faults);
/* Of the files of accounts they name: faults name that file. */
void esme_check_accounts(const struct settings *s, struct faults *faults);

struct esme_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway; /* outlives esme_stop */
	const struct settings *settings;
};

/* Opens every smpp_server; before the loop runs. */
MUST_USE int esme_open(struct esme **out, const struct esme_env *env,
		       struct err *err);
/* Takes the accounts anew, and what may change live. The settings must live
 * on. What takes a restart is named in faults. */
void esme_reload(struct esme *e, const struct settings *fresh,
		 struct faults *faults);
/* No more is taken; answers that are owed go out, sessions unbind; then done,
 * once. After it the gateway may close. */
void esme_stop(struct esme *e, void (*done)(void *owner), void *owner);
/* After the store has closed: its answers may come until then. */
void esme_close(struct esme **ep);
